-- The order of queued jobs: each has a place from the beginning, which is its
-- birth, earlier by so much for each point of priority. So a job of high
-- priority goes before those that came a while before it, but one that has
-- waited longer than that goes first.

alter table job add column rank_at timestamptz;
update job set rank_at = created_at - priority * interval '30 s';
alter table job alter column rank_at set not null;

-- Jobs of one key go to the same miners while those can take them.
alter table job add column sticky text;

-- A job that came to nothing may be tried once more, as another job; its input
-- stays where the first one has it.
alter table job
	add column redrive_of uuid unique references job on delete set null,
	add column input_of uuid;

create index job_queue on job (netuid, rank_at, id)
	where state = 'queued';
