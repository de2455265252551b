-- Note a migration that was just carried out, in its transaction.
-- $1 version, $2 name, $3 applied_at
insert into schema_migration (version, name, applied_at)
values ($1, $2, $3)
