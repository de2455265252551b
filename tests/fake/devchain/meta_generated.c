/* Bodies of types that are too regular to be written out by hand. */
#include <stdbool.h>
#include <string.h>

#include "common/buf.h"
#include "tests/fake/devchain/meta_table.h"
#include "tests/fake/devchain/subnet_fields.h"

/* Immortal, then a variant for each value the first byte can have. */
static void
era_body(struct buf *b)
{
	buf_add_str(b, "|Immortal");
	for (int i = 1; i < 256; i++)
		buf_printf(b, "|Mortal%d(u8)", i);
}

/* A commitment's field: raw bytes without a length, a hash, or sealed. */
static void
data_body(struct buf *b)
{
	buf_add_str(b, "|None");
	for (int i = 0; i <= 128; i++)
		buf_printf(b, "|Raw%d([u8; %d])", i, i);
	buf_add_str(b,
	    "|BlakeTwo256([u8; 32])|Sha256([u8; 32])|Keccak256([u8; 32])"
	    "|ShaThree256([u8; 32])"
	    "|TimelockEncrypted{encrypted: BoundedVec<u8>, reveal_round: u64}"
	    "|ResetBondsFlag|BigRaw(BoundedVec<u8>)");
}

static void
struct_body(
    struct buf *b, const struct subnet_field *fields, size_t n, bool optional)
{
	for (size_t i = 0; i < n; i++) {
		bool option = optional && i > 0;

		buf_printf(b, "%s%s: %s%s%s", i == 0 ? "{" : ", ",
		    fields[i].name, option ? "Option<" : "", fields[i].type,
		    option ? ">" : "");
	}
	buf_add_str(b, "}");
}

char *
meta_generated_body(const char *name)
{
	struct buf b = {0};

	if (strcmp(name, "era") == 0)
		era_body(&b);
	else if (strcmp(name, "data") == 0)
		data_body(&b);
	else if (strcmp(name, "metagraph") == 0)
		struct_body(&b, metagraph_fields, METAGRAPH_FIELDS, false);
	else if (strcmp(name, "selective") == 0)
		struct_body(&b, metagraph_fields, metagraph_n_fields, true);
	else if (strcmp(name, "hyperparams") == 0)
		struct_body(&b, hyperparam_fields, hyperparam_n_fields, false);
	return buf_take_str(&b);
}
