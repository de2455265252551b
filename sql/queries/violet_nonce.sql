-- A signed request is good once: no row if it was here before. What is older
-- than any signature is good for is forgotten.
-- $1 netuid, $2 hotkey, $3 uuid, $4 now, $5 forget what is older
-- columns: uuid
with old as (
	delete from violet_nonce
	where (netuid, hotkey, uuid) in (
		select netuid, hotkey, uuid from violet_nonce
		where at < $5
		order by at
		limit 100
		for update skip locked)
)
insert into violet_nonce (netuid, hotkey, uuid, at)
values ($1, $2, $3, $4)
on conflict do nothing
returning uuid
