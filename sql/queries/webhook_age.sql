-- Since when the oldest message waits.
-- $1 netuid
-- columns: since_us; null: none waits
select (extract(epoch from min(created_at)) * 1e6)::bigint as since_us
from webhook_delivery
where netuid = $1 and ended_at is null
