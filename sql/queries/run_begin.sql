-- All that a round reads is of one moment.
set transaction isolation level repeatable read, read only
