-- Close the transaction of one migration.
commit
