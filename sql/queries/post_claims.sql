-- All claims that have a say in whose posts are whose: those listed, those
-- whose post somebody lists, and those that are to be unlisted.
-- $1 netuid, $2 now
-- columns: id, hotkey, block, line, platform, content_id, account (null: not
-- known), is_listed, is_neuron, is_expired, is_proven, unproven_why, is_gone,
-- phash (null: none), state, why, by_hotkey
select c.id, c.hotkey, c.block, c.line, c.platform, p.content_id,
	coalesce(c.account, p.owner) as account, c.is_listed,
	n.hotkey is not null as is_neuron,
	coalesce(c.expires_at < $2, false) as is_expired, c.is_proven,
	c.unproven_why, p.is_gone, v.phash::bigint as phash, c.state, c.why,
	c.by_hotkey
from post_claim c
join post p on p.id = c.post_id
left join neuron n on n.netuid = c.netuid and n.hotkey = c.hotkey
left join post_verdict v on v.netuid = p.netuid and v.service = 'detector'
	and v.site = p.site and v.subject = p.content_id
where c.netuid = $1 and (c.is_listed or c.state <> 'unlisted'
	or exists (select from post_claim o
		where o.post_id = c.post_id and o.is_listed))
order by c.id
