-- Schedules: jobs that we make ourselves, by the clock; and where each job
-- came from, which no miner is told.

create type job_source as enum ('client', 'schedule', 'audit', 'challenge');

alter table job add column source job_source not null default 'client';

-- What the schedules file says, and what an operator said of it since.
create table schedule (
	netuid integer not null,
	name text not null,
	cron text not null,
	jitter_ms bigint not null,      -- most that it fires later than due
	kind text not null,
	job jsonb not null,             -- as a client would send it, checked;
					-- and lead_ms: what its priority is worth
	in_file boolean not null,       -- of those who read it last
	enabled boolean not null default true, -- by the operator's hand
	next_at timestamptz,            -- null: to be worked out anew
	last_job uuid,                  -- may be long gone
	primary key (netuid, name),
	foreign key (netuid, kind) references kind (netuid, name)
);

create or replace view dash_v1.jobs as
select id, netuid, kind, state, priority, created_at, finished_at, reason,
	extract(epoch from finished_at - created_at) * 1000 as total_ms,
	source
from job;

create view dash_v1.schedules as
select netuid, name, cron, kind, in_file, enabled, next_at, last_job
from schedule;
