-- The secret that signs what goes to URLs that a tenant's jobs name: the one
-- it has, or else this one.
-- $1 id, $2 netuid, $3 tenant, $4 sealed secret, $5 now
-- columns: id, secret; old_secret, if it is still good
insert into webhook as w (id, netuid, tenant, secret, events, created_at)
values ($1, $2, $3, $4, '{}', $5)
on conflict (netuid, tenant) where url is null
	do update set tenant = excluded.tenant
returning w.id, w.secret,
	case when w.old_until > $5 then w.old_secret end as old_secret
