-- The kinds of a subnet.
-- $1 netuid; columns: every column of kind, arrays as JSON
select name, protocol, path, capacity_key, deadline_ms, attempt_ms, answer_ms,
	retry_budget, miners_min, miners_wanted, miners_max,
	to_json(input_types) as input_types, max_input_bytes,
	to_json(output_types) as output_types, max_output_bytes, params, scoring,
	hedge, wire, to_json(aliases) as aliases, openai, pull_capacity
from kind
where netuid = $1
order by name
