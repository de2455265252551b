/* Building the answers; the caller owns them. */
#include "tests/fake/devchain/show.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/hex.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/meta_table.h"
#include "tests/fake/devchain/meta_write.h"
#include "tests/fake/devchain/runtime.h"

json_t *
show_hex(const void *data, size_t len)
{
	char *text = hex_0x(data, len);
	json_t *j = json_string(text);

	free(text);
	return j;
}

json_t *
show_buf(const struct buf *b)
{
	return show_hex(b->data, b->len);
}

json_t *
show_header(const struct block *b)
{
	json_t *logs = json_array();
	char number[16];

	for (size_t i = 0; i < b->n_logs; i++)
		json_array_append_new(logs, show_buf(&b->logs[i]));
	snprintf(number, sizeof(number), "0x%x", b->place.number);
	return json_pack("{s:o, s:s, s:o, s:o, s:{s:o}}", "parentHash",
	    show_hex(b->parent_hash, 32), "number", number, "stateRoot",
	    show_hex(b->state_root, 32), "extrinsicsRoot",
	    show_hex(b->extrinsics_root, 32), "digest", "logs", logs);
}

json_t *
show_block(const struct block *b)
{
	json_t *xts = json_array();

	for (size_t i = 0; i < b->n_xts; i++)
		json_array_append_new(xts, show_buf(&b->xts[i].bytes));
	return json_pack("{s:{s:o, s:o}, s:n}", "block", "header",
	    show_header(b), "extrinsics", xts, "justifications");
}

json_t *
show_version(const struct runtime *rt)
{
	json_t *apis = json_array();

	for (size_t i = 0; i < meta_n_apis; i++) {
		uint8_t id[8];

		meta_api_id(meta_apis[i].name, id);
		json_array_append_new(
		    apis, json_pack("[o, i]", show_hex(id, sizeof(id)),
			      (int)meta_apis[i].version));
	}
	return json_pack("{s:s, s:s, s:i, s:I, s:i, s:o, s:I, s:i, s:i}",
	    "specName", "node-subtensor", "implName", "node-subtensor",
	    "authoringVersion", 1, "specVersion",
	    (json_int_t)rt->spec.spec_version, "implVersion", 1, "apis", apis,
	    "transactionVersion", (json_int_t)rt->spec.transaction_version,
	    "systemVersion", 1, "stateVersion", 1);
}
