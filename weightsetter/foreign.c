/* Weights that are not of our making. */
#include "weightsetter/foreign.h"

void
foreign_clear(struct foreign *f)
{
	uid_weights_clear(&f->seen);
	f->has_seen = false;
	f->has_known = false;
	f->known = 0;
}

void
foreign_own(struct foreign *f, uint64_t block)
{
	f->has_known = true;
	if (block > f->known)
		f->known = block;
}

/* Without anything known of ours, all that was before is taken as it is. */
bool
foreign_update(struct foreign *f, uint64_t last_update, bool is_in_flight)
{
	bool is_new = f->has_known && last_update > f->known;

	if (is_new && is_in_flight)
		return false;
	foreign_own(f, last_update);
	return is_new;
}

bool
foreign_weights(
    struct foreign *f, const struct uid_weights *now, bool is_expected)
{
	bool has_changed =
	    f->has_seen && !uid_weights_equal(&f->seen, now) && now->n > 0;

	uid_weights_clear(&f->seen);
	uid_weights_copy(&f->seen, now);
	f->has_seen = true;
	return has_changed && !is_expected;
}
