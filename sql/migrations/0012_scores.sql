-- A miner's judgements, newest first: what the API shows of its score.
create index judgement_of_hotkey on judgement (netuid, hotkey, at desc,
	attempt_id desc);
