-- No statement of this session takes longer.
-- $1 milliseconds
-- columns: set_config
select set_config('statement_timeout', $1, false)
