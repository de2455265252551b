-- Commitments of neurons that may be submissions and are not noted as they
-- are now; those that hold an address are none.
-- $1 netuid, $2 at most so many
-- columns: hotkey, text, block
select c.hotkey, c.text, c.block
from commitment c
join neuron n on n.netuid = c.netuid and n.hotkey = c.hotkey
left join submission s on s.netuid = c.netuid and s.hotkey = c.hotkey
where c.netuid = $1 and c.block is not null and c.address is null
	and c.text like '%:%:%:%:%'
	and (s.text, s.block) is distinct from (c.text, c.block)
order by c.hotkey
limit $2
