-- All that a round reads is of one moment. It opens no transaction, so that SET
-- TRANSACTION would have PostgreSQL warn in its log, each time.
set transaction_isolation = 'repeatable read'
