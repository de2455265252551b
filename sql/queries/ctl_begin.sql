-- Open the transaction of one migration.
begin
