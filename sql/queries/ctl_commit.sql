-- Close a transaction.
commit
