-- A signed request of a registered hotkey is good once. What is older than any
-- signature is good for is forgotten; of strangers nothing is kept.
-- $1 netuid, $2 hotkey, $3 uuid, $4 now, $5 forget what is older
-- columns: is_registered, is_new
with old as (
	delete from violet_nonce
	where (netuid, hotkey, uuid) in (
		select netuid, hotkey, uuid from violet_nonce
		where at < $5
		order by at
		limit 100
		for update skip locked)
), who as (
	select hotkey from neuron
	where netuid = $1 and hotkey = $2
), used as (
	insert into violet_nonce (netuid, hotkey, uuid, at)
	select $1, hotkey, $3, $4
	from who
	on conflict do nothing
	returning uuid
)
select exists (select from who) as is_registered,
	exists (select from used) as is_new
