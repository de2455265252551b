-- What a gist lists and what is wrong with it, unless there is another one by
-- now. A post it listed before keeps its place; one that it does not list any
-- more is unlisted; of new ones no more are taken than may be in a day, and
-- the gist is read whole again while some wait.
-- $1 netuid, $2 hotkey, $3 text, $4 now, $5 bucket, $6 block, $7 due_bucket,
-- $8 etag, $9 sha256, $10 jsonb array of {line, why}, $11 jsonb array of
-- {line, site, content, platform, url, account, nonce, code, expires (s),
-- signature}, $12 new ones in a day at most, $13 the bucket the day began in
-- columns: claims, added, waiting
with mine as (
	select netuid, hotkey from gist
	where netuid = $1 and hotkey = $2 and text = $3
	for update
), listed as (
	select p.id as post_id, c.line, c.platform, c.url, c.account, c.nonce,
		c.code, to_timestamp(c.expires) as expires_at, c.signature,
		k.id, k.code as old_code, k.account as old_account,
		k.is_listed
	from mine m
	cross join jsonb_to_recordset($11::jsonb) as c (line integer,
		site text, content text, platform text, url text, account text,
		nonce text, code text, expires bigint, signature text)
	join post p on p.netuid = m.netuid and p.site = c.site
		and p.content_id = c.content
	left join post_claim k on k.netuid = m.netuid and k.hotkey = m.hotkey
		and k.post_id = p.id
), ranked as (
	select l.*, l.id is null and row_number() over (
			partition by l.id is null order by l.line)
		> $12 - (select count(*) from post_claim
			where netuid = $1 and hotkey = $2 and bucket > $13)
		as is_waiting
	from listed l
), added as (
	insert into post_claim (netuid, hotkey, post_id, platform, line,
		media_url, account, nonce, code, expires_at, signature, block,
		bucket, first_at)
	select $1, $2, post_id, platform, line, url, account, nonce, code,
		expires_at, signature, $6, $5, $4
	from ranked
	where id is null and not is_waiting
	on conflict do nothing
	returning post_id
), kept as (
	update post_claim c set line = r.line, platform = r.platform,
		media_url = r.url, account = r.account, nonce = r.nonce,
		code = r.code, expires_at = r.expires_at,
		signature = r.signature, is_listed = true,
		is_proven = case when (r.code, r.account)
			is not distinct from (c.code, c.account)
			then c.is_proven end,
		proven_bucket = case when (r.code, r.account)
			is not distinct from (c.code, c.account)
			then c.proven_bucket end
	from ranked r
	where c.id = r.id
), unlisted as (
	update post_claim c set is_listed = false
	from mine m
	where c.netuid = m.netuid and c.hotkey = m.hotkey and c.is_listed
		and not exists (select from listed l
			where l.post_id = c.post_id)
), due as (
	update post p set due_bucket = least(p.due_bucket, $5)
	from ranked r
	where p.id = r.post_id and not r.is_waiting and (r.id is null
		or not r.is_listed or (r.old_code, r.old_account)
			is distinct from (r.code, r.account))
), wrong as (
	select line, max(why) as why
	from (
		select f.line, f.why
		from mine, jsonb_to_recordset($10::jsonb) as f (line integer,
			why text)
		union all
		select line, 'too many new posts in a day: it waits'
		from ranked
		where is_waiting) f
	group by line
), faults as (
	insert into gist_fault (netuid, hotkey, line, why)
	select $1, $2, line, why
	from wrong
	on conflict (netuid, hotkey, line) do update set why = excluded.why
), cleared as (
	delete from gist_fault f
	using mine m
	where f.netuid = m.netuid and f.hotkey = m.hotkey
		and not exists (select from wrong w where w.line = f.line)
), told as (
	update gist g set state = 'read', sha256 = $9, due_bucket = $7,
		answered_at = $4, gones = 0, gone_bucket = null, why = null,
		etag = case when exists (select from ranked where is_waiting)
			then null else $8 end
	from mine m
	where g.netuid = m.netuid and g.hotkey = m.hotkey
	returning g.hotkey
)
select (select count(*) from listed) as claims,
	(select count(*) from added) as added,
	(select count(*) from ranked where is_waiting) as waiting
from told
