-- Places for the buckets of these measurements.
-- $1 jsonb array of {bucket}
-- columns: made
select post_partitions(min(o.bucket), max(o.bucket)) as made
from jsonb_to_recordset($1::jsonb) as o (bucket bigint)
