-- Jobs that came to nothing, the newest first: what the page groups by cause.
-- Only rows that end so are in it.
create index job_failed on job (netuid, finished_at desc, id desc)
	where state in ('failed', 'expired');
