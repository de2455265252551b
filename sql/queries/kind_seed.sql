-- Take over the kinds file: its kinds replace those of the same name.
-- $1 jsonb array of kinds, each with every column of the table
insert into kind
select * from jsonb_populate_recordset(null::kind, $1::jsonb)
on conflict (netuid, name) do update set
	(protocol, path, capacity_key, deadline_ms, attempt_ms, answer_ms,
	retry_budget, miners_min, miners_wanted, miners_max, input_types,
	max_input_bytes, output_types, max_output_bytes, params, scoring,
	hedge, deterministic, wire, of_axons, aliases, openai, pull_capacity) =
	(excluded.protocol, excluded.path, excluded.capacity_key,
	excluded.deadline_ms, excluded.attempt_ms, excluded.answer_ms,
	excluded.retry_budget, excluded.miners_min, excluded.miners_wanted,
	excluded.miners_max, excluded.input_types, excluded.max_input_bytes,
	excluded.output_types, excluded.max_output_bytes, excluded.params,
	excluded.scoring, excluded.hedge, excluded.deterministic,
	excluded.wire, excluded.of_axons, excluded.aliases, excluded.openai,
	excluded.pull_capacity)
