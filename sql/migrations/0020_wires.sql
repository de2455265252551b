-- Data of a kind for its miners' wire format: which parameter is which field
-- there, and where the result is. The formats are the programs' to know.
alter table kind drop constraint kind_protocol_check;
alter table kind
	add column wire jsonb not null default '{}',
	-- Classic axons speak it: neurons that have committed no address.
	add column of_axons boolean not null default false;

-- Where miners are called: at the address of their commitment, or, where a
-- kind is for classic axons, at the axon of who has none and is no validator.
create view miner_door as
select n.netuid, n.hotkey, n.address is null as is_axon,
	coalesce(n.address,
		case family(n.axon_ip) when 6 then '[' || host(n.axon_ip) || ']'
			else host(n.axon_ip) end || ':' || n.axon_port)
		as address
from neuron n
where n.address is not null
	or (n.axon_ip is not null and n.axon_port > 0
		and not n.validator_permit
		and exists (select from kind k
			where k.netuid = n.netuid and k.of_axons));
