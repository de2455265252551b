-- What a job is traced by; and jobs by pages, newest first: all of them, and a
-- tenant's.

alter table job add column traceparent text;

drop index job_recent;
create index job_page on job (netuid, created_at desc, id desc);
create index job_page_of on job (netuid, tenant, created_at desc, id desc);
