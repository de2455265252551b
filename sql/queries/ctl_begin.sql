-- Open a transaction.
begin
