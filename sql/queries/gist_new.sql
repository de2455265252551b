-- Commitments of neurons that may name a gist and are not noted as they are
-- now, and those noted that are not there any more (text null). Addresses of
-- miners are none, unless they look like a gist.
-- $1 netuid, $2 at most so many
-- columns: hotkey, text, block
select n.hotkey, c.text, c.block
from neuron n
left join commitment c on c.netuid = n.netuid and c.hotkey = n.hotkey
	and c.block is not null and c.text like '%:%'
	and (c.address is null or c.text ~ '^[A-Za-z0-9_-]+:[0-9a-f]+$')
left join gist g on g.netuid = n.netuid and g.hotkey = n.hotkey
where n.netuid = $1 and coalesce(c.text, '') <> coalesce(g.text, '')
order by n.hotkey
limit $2
