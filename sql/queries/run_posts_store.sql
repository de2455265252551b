-- The posts of a scoring round, and what each gave.
-- $1 score run, $2 jsonb array of them
insert into run_post (run_id, hotkey, content, barred, listed, gone, owned, ai,
	illicit, bots, bots_confidence, followers, burst, published_us,
	claimed_us, observed, waiting, gained, spike, crowd, thin, value, debt,
	why, gave)
select $1::uuid, p.hotkey, p.content, p.barred, p.listed, p.gone, p.owned, p.ai,
	p.illicit, p.bots, p.bots_confidence, p.followers, p.burst,
	p.published_us, p.claimed_us, p.observed, p.waiting, p.gained, p.spike, p.crowd,
	p.thin, p.value, p.debt, p.why, p.gave
from jsonb_to_recordset($2::jsonb) as p (hotkey text, content text,
	barred text, listed boolean, gone boolean, owned boolean,
	ai double precision, illicit double precision, bots double precision,
	bots_confidence double precision, followers double precision,
	burst double precision, published_us bigint, claimed_us bigint, observed integer,
	waiting double precision, gained double precision,
	spike double precision, crowd double precision, thin double precision,
	value double precision, debt double precision, why text,
	gave double precision)
