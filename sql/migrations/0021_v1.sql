-- What a job is traced by, if its client said; and jobs by pages, newest
-- first.

alter table job add column traceparent text;

drop index job_recent;
create index job_page on job (netuid, created_at desc, id desc);
