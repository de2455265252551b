-- Files that clients have sent before any job works on them. Their bytes are
-- with the others', under the id and the hash.
create table file (
	id uuid primary key,
	netuid integer not null,
	tenant text not null default '',
	sha256 text not null,
	bytes bigint not null,
	type text not null,             -- by its bytes
	measured jsonb not null,        -- of them, as of a job's input
	created_at timestamptz not null,
	expires_at timestamptz not null,
	used_at timestamptz             -- by a job: its bytes stay
);

create index file_list on file (netuid, tenant, id);
create index file_old on file (netuid, expires_at);
