-- Has this database been migrated at all? columns: found
select to_regclass('schema_migration') is not null as found
