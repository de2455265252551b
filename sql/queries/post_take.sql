-- Posts that are to be measured now: marked, so that nobody else measures
-- them. Each at the cost of the hotkey that claimed it first of those that
-- list it; with what services said of it and its account last.
-- $1 netuid, $2 bucket, $3 now, $4 asked about before this: again, $5 at most
-- so many
-- columns: id, platform, content_id, measured, gones, gone_bucket, hotkey,
-- used_tracker, used_detector, used_moderator (in this bucket), detector_due,
-- moderator_due (buckets; null: never asked), ai_score, is_illicit,
-- bot_probability, bot_confidence, owner, claims: of each its id, hotkey,
-- account, code (-: none), whether it is proven, with spaces between; commas
-- between claims
with due as (
	select p.id
	from post p
	where p.netuid = $1 and not p.is_gone and p.due_bucket <= $2
		and (p.asked_at is null or p.asked_at < $4)
		and exists (select from post_claim c
			join neuron n on n.netuid = c.netuid
				and n.hotkey = c.hotkey
			where c.post_id = p.id and c.is_listed)
	order by p.due_bucket, p.id
	limit $5
	for update of p skip locked
), taken as (
	update post p set asked_at = $3
	from due d
	where p.id = d.id
	returning p.id, p.netuid, p.site, p.content_id, p.owner, p.measured,
		p.gones, p.gone_bucket
)
select t.id, f.platform, t.content_id, t.measured, t.gones, t.gone_bucket,
	f.hotkey, b.used_tracker, b.used_detector, b.used_moderator,
	d.due_bucket as detector_due, m.due_bucket as moderator_due,
	d.score as ai_score, m.is_illicit, a.score as bot_probability,
	a.confidence as bot_confidence,
	t.owner, (select string_agg(concat_ws(' ', c.id, c.hotkey,
			coalesce(c.account, '-'), coalesce(c.code, '-'),
			coalesce(c.is_proven, false)), ',' order by c.id)
		from post_claim c
		where c.post_id = t.id and c.is_listed) as claims
from taken t
cross join lateral (
	select c.hotkey, c.platform
	from post_claim c
	join neuron n on n.netuid = c.netuid and n.hotkey = c.hotkey
	where c.post_id = t.id and c.is_listed
	order by c.block, c.hotkey collate "C"
	limit 1) f
cross join lateral (
	select coalesce(sum(used) filter (where service = 'tracker'), 0)
			as used_tracker,
		coalesce(sum(used) filter (where service = 'detector'), 0)
			as used_detector,
		coalesce(sum(used) filter (where service = 'moderator'), 0)
			as used_moderator
	from post_budget
	where netuid = t.netuid and hotkey = f.hotkey and bucket = $2) b
left join post_verdict d on d.netuid = t.netuid and d.service = 'detector'
	and d.site = t.site and d.subject = t.content_id
left join post_verdict m on m.netuid = t.netuid and m.service = 'moderator'
	and m.site = t.site and m.subject = t.content_id
left join post_verdict a on a.netuid = t.netuid and a.service = 'audience'
	and a.site = t.site and a.subject = t.owner
order by t.id
