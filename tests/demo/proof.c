/* The chain read, the round made again. */
#include "tests/demo/proof.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/demo/chain.h"
#include "tests/lib/db.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"
#include "tests/lib/tool.h"

/* The chain's own word, against the row that says it is proven. */
int
proof_read_back(struct suite *s)
{
	struct chain_weights w;
	char *hash, *sent, *pairs;
	int same;

	if (chain_read_weights(s->chain_url, SUITE_NETUID, s->hotkey, &w) != 0)
		return -1;
	hash = db_text(s->db,
	    "select extrinsic_hash from ledger where state = 'proven' "
	    "order by proven_block desc limit 1");
	sent = db_text(s->db,
	    "select (select json_agg(json_build_array(u, w) order by u) "
	    "from unnest(uids, weights) as t (u, w))::jsonb::text from ledger "
	    "where state = 'proven' order by proven_block desc limit 1");
	pairs = json_dumps(w.pairs, 0);
	printf("\nread from the chain at finalized block %lld (%s):\n"
	       "  Weights[%d] = %s\n\n",
	    (long long)w.block, w.hash, SUITE_NETUID, pairs);
	same = sent != NULL && strcmp(sent, pairs) == 0;
	if (same)
		printf("weights proven at block %lld, extrinsic %s\n",
		    (long long)w.block, hash);
	else
		fprintf(stderr, "demo: the ledger has %s\n",
		    sent != NULL ? sent : "nothing");
	json_decref(w.pairs);
	free(pairs);
	free(sent);
	free(hash);
	return same ? 0 : -1;
}

/* The last round as subnetctl exports it, kept beside the logs, and made again
 * from nothing but that. */
int
proof_replay(struct suite *s)
{
	const char *const export[] = {"-c", s->ini, "export", NULL};
	const char *const again[] = {"replay", NULL};
	char *path = xasprintf("%s/round", sandbox_dir(s->box));
	struct tool_answer exported, got;
	FILE *f = fopen(path, "w");
	int failed = -1;

	tool_run(export, NULL, 0, &exported);
	if (f != NULL && exported.status == 0 &&
	    fputs(exported.out, f) != EOF && fclose(f) == 0) {
		tool_run(again, exported.out, strlen(exported.out), &got);
		failed = got.status;
		printf("the round of the epoch is in %s; made again it %s\n",
		    path, failed ? "comes to OTHER weights" : "is the same");
		tool_answer_clear(&got);
	} else {
		fprintf(
		    stderr, "demo: no round was exported: %s\n", exported.err);
	}
	tool_answer_clear(&exported);
	free(path);
	return failed;
}
