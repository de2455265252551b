-- What the OpenAI door knows of a kind: other names of it, and how a request's
-- fields become parameters (orchestrator/openai_kind.h).
alter table kind
	add column aliases text[] not null default '{}',
	add column openai jsonb not null default '{}';
