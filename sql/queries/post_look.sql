-- What was measured of posts, and whether their claims are proven by it.
-- $1 netuid, $2 bucket, $3 block, $4 now, $5 jsonb array of {id, due,
-- measured, gones, gone_bucket, is_gone, owner (if it is another), published_us,
-- away; of one that leaves an observation: state, views, likes, comments,
-- followers, ai, illicit, bot, bot_confidence}, $6 jsonb array of {id, proven,
-- why} of those not proven before or not now
-- columns: moved (something that tells whose posts are whose)
with looks as (
	select * from jsonb_to_recordset($5::jsonb) as l (id bigint,
		due bigint, measured integer, gones integer, gone_bucket bigint,
		is_gone boolean, owner text, published_us bigint, away text,
		state text, views bigint, likes bigint, comments bigint,
		followers bigint, ai double precision, illicit boolean,
		bot double precision, bot_confidence double precision)
), observed as (
	insert into post_observation (post_id, bucket, netuid, block, at,
		state, views, likes, comments, followers, ai_score, is_illicit,
		bot_probability, bot_confidence)
	select id, $2, $1, $3, $4, state, views, likes, comments, followers,
		ai, illicit, bot, bot_confidence
	from looks
	where state is not null
	on conflict (post_id, bucket) do nothing
), posts as (
	update post p set due_bucket = l.due, measured = l.measured,
		gones = coalesce(l.gones, 0), gone_bucket = l.gone_bucket,
		is_gone = coalesce(l.is_gone, false), away = l.away,
		owner = coalesce(l.owner, p.owner),
		published_at = coalesce(to_timestamp(l.published_us / 1e6),
			p.published_at),
		bucket = case when l.state is null then p.bucket else $2 end
	from looks l
	where p.id = l.id
), proofs as (
	update post_claim c set is_proven = k.proven, unproven_why = k.why,
		proven_bucket = case when not k.proven then null
			when c.is_proven then c.proven_bucket
			else $2 end
	from jsonb_to_recordset($6::jsonb) as k (id bigint, proven boolean,
		why text)
	where c.id = k.id and (c.is_proven, c.unproven_why)
		is distinct from (k.proven, k.why)
	returning c.id
)
select exists (select from proofs) or exists (select from looks l
		join post p on p.id = l.id
		where l.is_gone or l.owner <> coalesce(p.owner, ''))
	as moved
