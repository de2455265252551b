-- A slow attempt gets a second one beside it, the hedge; the first result
-- ends the job.

alter table kind add column hedge boolean not null default false;

-- The slow attempt of the same job; null: not a hedge.
alter table attempt add column hedge_of uuid;

-- A job is hedged once at most.
create unique index attempt_hedge on attempt (job_id)
	where hedge_of is not null;
