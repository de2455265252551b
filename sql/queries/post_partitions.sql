-- Places for observations made ahead, and those of long ago dropped.
-- $1 first bucket, $2 last one, $3 whole partitions before this bucket go
-- columns: made, dropped
select post_partitions($1, $2) as made, post_partitions_drop($3) as dropped
