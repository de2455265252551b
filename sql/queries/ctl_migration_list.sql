-- The migrations this database has. columns: version, name, applied_at
select version, name, applied_at
from schema_migration
order by version
