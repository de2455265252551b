-- No statement of this session takes longer.
-- columns: set_config
select set_config('statement_timeout', '5s', false)
