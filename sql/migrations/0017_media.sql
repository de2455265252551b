-- What a file that was looked at can be broken by: more than that it does not
-- decode. And what was measured of a job's input, as of an attempt's result.
insert into reason values
	('bad_header', 'miner', 'the result''s header says what cannot be'),
	('truncated', 'miner', 'there is less of the result than it says'),
	('no_content', 'miner', 'there is no sample, picture or page in the result'),
	('silent', 'miner', 'the result is to be speech, and nothing is to be heard'),
	('bomb', 'miner', 'the result would unpack to far more than it is'),
	('too_many_pixels', 'miner', 'the result is a picture larger than any we unpack'),
	('too_costly', 'miner', 'the result takes longer to decode than a file is given');

alter table job add column input_measured jsonb; -- null: no input, or made by us
