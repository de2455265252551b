-- Where migrations are noted. It is made outside of them, as the first needs
-- it, too.
create table if not exists schema_migration (
	version integer primary key,
	name text not null,
	applied_at timestamptz not null
)
