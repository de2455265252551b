-- What came of a try, if it is still ours: it has ended, or is due again.
-- $1 id, $2 the try, $3 status of the answer, $4 why it was not taken,
-- $5 when it is due again, $6 when it has ended; of these one is null,
-- $7 it was delivered
-- columns: id
update webhook_delivery set
	status = $3,
	why = $4,
	next_try_at = coalesce($5, next_try_at),
	ended_at = $6,
	delivered = $7
where id = $1 and tries = $2 and ended_at is null
returning id
