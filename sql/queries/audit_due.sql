-- Audits whose job is over: what both came to. A result that is JSON counts by
-- the hash of its text.
-- $1 netuid, $2 at most so many
-- columns: attempt_id, hotkey, is_lost (it is not kept any more), own_sha256,
-- own_phash, own_blank, trusted_sha256, trusted_phash, trusted_blank; null
-- where there is none
select u.attempt_id, u.hotkey, o.id is null as is_lost,
	coalesce(o.result_sha256, encode(sha256(convert_to(
		o.result_json::text, 'UTF8')), 'hex')) as own_sha256,
	o.measured ->> 'phash' as own_phash,
	coalesce(o.measured ->> 'blank' = 'true', false) as own_blank,
	coalesce(t.result_sha256, encode(sha256(convert_to(
		t.result_json::text, 'UTF8')), 'hex')) as trusted_sha256,
	t.measured ->> 'phash' as trusted_phash,
	coalesce(t.measured ->> 'blank' = 'true', false) as trusted_blank
from audit u
join job j on j.id = u.job_id
left join attempt o on o.id = u.attempt_id
left join attempt t on t.job_id = u.job_id and t.state = 'delivered'
	and not t.is_unproven
where u.netuid = $1 and u.state = 'running' and j.finished_at is not null
order by u.at
limit $2
