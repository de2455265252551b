-- Undo the transaction.
rollback
