-- The posts as a scoring round saw them, in the order of their hotkeys' and
-- contents' bytes.
-- $1 score run; columns: as of run_post, but for why and gave
select hotkey, content, coalesce(barred, '') as barred, listed, gone, owned, ai,
	illicit, bots, bots_confidence, followers, burst, published_us, claimed_us,
	observed, waiting, gained, spike, crowd, thin, value, debt
from run_post
where run_id = $1
order by hotkey collate "C", content collate "C"
