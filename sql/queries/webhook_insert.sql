-- A new endpoint, unless its tenant has as many as it may.
-- $1 id, $2 netuid, $3 tenant, $4 url, $5 sealed secret, $6 events (empty: all),
-- $7 now, $8 how many it may have
-- columns: body, the JSON text
insert into webhook (id, netuid, tenant, url, secret, events, created_at)
select $1::uuid, $2::integer, $3::text, $4::text, $5::text, $6::text[],
	$7::timestamptz
where (select count(*) from webhook
	where netuid = $2 and tenant = $3 and url is not null) < $8::integer
returning json_build_object('id', id, 'url', url, 'events', events,
	'created_at', created_at)::text as body
