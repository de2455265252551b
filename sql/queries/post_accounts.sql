-- Accounts with posts that are held, whose followers are to be looked at now:
-- marked, so that nobody else asks.
-- $1 netuid, $2 bucket, $3 at most so many
-- columns: site, account, platform, hotkey, used (in this bucket)
with due as (
	select distinct on (p.site, p.owner) p.site, p.owner, c.platform,
		c.hotkey
	from post_claim c
	join post p on p.id = c.post_id
	join neuron n on n.netuid = c.netuid and n.hotkey = c.hotkey
	left join post_verdict v on v.netuid = p.netuid
		and v.service = 'audience' and v.site = p.site
		and v.subject = p.owner
	where c.netuid = $1 and c.state = 'held' and c.is_listed
		and p.owner is not null
		and (v.due_bucket is null or v.due_bucket <= $2)
	order by p.site, p.owner, c.id
	limit $3
), taken as (
	insert into post_verdict as v (netuid, service, site, subject,
		due_bucket)
	select $1, 'audience', site, owner, $2::bigint + 1
	from due
	on conflict (netuid, service, site, subject)
	do update set due_bucket = excluded.due_bucket
	where v.due_bucket <= $2
	returning site, subject
)
select d.site, d.owner as account, d.platform, d.hotkey,
	coalesce((select used from post_budget b
		where b.netuid = $1 and b.hotkey = d.hotkey
			and b.service = 'audience' and b.bucket = $2), 0)
		as used
from taken t
join due d on d.site = t.site and d.owner = t.subject
order by d.site, d.owner
