-- The neurons of the newest snapshot that are new or have changed; those that
-- went or moved were taken out before. The address is of the commitment.
-- $1 netuid, $2 block, $3 jsonb array of {uid, hotkey, coldkey, alpha_stake,
-- tao_stake, total_stake, validator_permit, last_update, active, axon_ip,
-- axon_port, axon_protocol, axon_version, axon_block, trust, consensus,
-- incentive, dividends, emission, registered_block}
with given as (
	select e.*, c.address,
		case when c.address is not null then c.block end
			as address_block
	from jsonb_to_recordset($3::jsonb) as e (uid integer, hotkey text,
		coldkey text, alpha_stake numeric, tao_stake numeric,
		total_stake numeric, validator_permit boolean,
		last_update bigint, active boolean, axon_ip inet,
		axon_port integer, axon_protocol integer, axon_version bigint,
		axon_block bigint, trust integer, consensus integer,
		incentive integer, dividends integer, emission numeric,
		registered_block bigint)
	left join commitment c on c.netuid = $1 and c.hotkey = e.hotkey
)
insert into neuron (netuid, block, uid, hotkey, coldkey, alpha_stake,
	tao_stake, total_stake, validator_permit, last_update, active, axon_ip,
	axon_port, axon_protocol, axon_version, axon_block, trust, consensus,
	incentive, dividends, emission, registered_block, address,
	address_block)
select $1, $2, g.uid, g.hotkey, g.coldkey, g.alpha_stake, g.tao_stake,
	g.total_stake, g.validator_permit, g.last_update, g.active, g.axon_ip,
	g.axon_port, g.axon_protocol, g.axon_version, g.axon_block, g.trust,
	g.consensus, g.incentive, g.dividends, g.emission, g.registered_block,
	g.address, g.address_block
from given g
left join neuron n on n.netuid = $1 and n.uid = g.uid
where $2 = (select max(block) from snapshot where netuid = $1)
	and (n.uid is null
		or (n.coldkey, n.alpha_stake, n.tao_stake, n.total_stake,
			n.validator_permit, n.last_update, n.active, n.axon_ip,
			n.axon_port, n.axon_protocol, n.axon_version,
			n.axon_block, n.trust, n.consensus, n.incentive,
			n.dividends, n.emission, n.registered_block, n.address,
			n.address_block)
		is distinct from
		(g.coldkey, g.alpha_stake, g.tao_stake, g.total_stake,
			g.validator_permit, g.last_update, g.active, g.axon_ip,
			g.axon_port, g.axon_protocol, g.axon_version,
			g.axon_block, g.trust, g.consensus, g.incentive,
			g.dividends, g.emission, g.registered_block, g.address,
			g.address_block))
on conflict (netuid, uid) do update set block = excluded.block,
	coldkey = excluded.coldkey, alpha_stake = excluded.alpha_stake,
	tao_stake = excluded.tao_stake, total_stake = excluded.total_stake,
	validator_permit = excluded.validator_permit,
	last_update = excluded.last_update, active = excluded.active,
	axon_ip = excluded.axon_ip, axon_port = excluded.axon_port,
	axon_protocol = excluded.axon_protocol,
	axon_version = excluded.axon_version,
	axon_block = excluded.axon_block, trust = excluded.trust,
	consensus = excluded.consensus, incentive = excluded.incentive,
	dividends = excluded.dividends, emission = excluded.emission,
	registered_block = excluded.registered_block,
	address = excluded.address, address_block = excluded.address_block
