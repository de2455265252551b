-- When a result of it came first that was turned away, for a failure of ours;
-- null: none was. At its deadline it is abandoned, and its miner is not blamed.
alter table attempt add column turned_away_at timestamptz;

update reason set help = 'the result could not be kept, or not be read again'
where name = 'lost_result';
