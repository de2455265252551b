/*
 * What decoding the chain's large answers costs: metadata V15 and a subnet's
 * metagraph, each against jansson parsing the JSON-RPC answer that carries it
 * as hex. Both arms free what they made.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "tests/lib/bench.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

static const char metadata_file[] = "finney_spec343_v15.scale";
static const char recorded_file[] =
    "rpc_state_call_recorded_bittensor_sdk_tests.json";
static const char method[] = "SubnetInfoRuntimeApi_get_selective_mechagraph";
static const char recorded_call[] =
    "metagraph:SubnetInfoRuntimeApi_get_selective_mechagraph";
static const double limit = 3;

struct job {
	struct buf bytes, answer; /* the same, as JSON-RPC carries it */
	const struct metadata *metadata;
	uint32_t type;
};

/* What cannot be decoded is no figure. */
static void
must(bool is_true, const char *what)
{
	if (is_true)
		return;
	fprintf(stderr, "bench: %s\n", what);
	exit(EXIT_FAILURE);
}

static void
parse_metadata(void *arg)
{
	const struct job *job = arg;
	struct err err = {""};
	struct metadata *metadata =
	    metadata_parse(job->bytes.data, job->bytes.len, &err);

	must(metadata != NULL, err.text);
	metadata_free(metadata);
}

static void
decode_graph(void *arg)
{
	const struct job *job = arg;
	struct err err = {""};
	json_t *graph = decode_all(
	    job->metadata, job->type, job->bytes.data, job->bytes.len, &err);

	must(graph != NULL, err.text);
	json_decref(graph);
}

static void
parse_answer(void *arg)
{
	const struct job *job = arg;
	json_t *answer = json_loadb(
	    (const char *)job->answer.data, job->answer.len, 0, NULL);

	must(answer != NULL, "jansson does not read the answer");
	json_decref(answer);
}

static void
set_answer(struct job *job)
{
	char *hex = hex_0x(job->bytes.data, job->bytes.len);

	buf_printf(&job->answer, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"");
	buf_add_str(&job->answer, hex);
	buf_add_str(&job->answer, "\"}");
	free(hex);
}

static void
clear(struct job *job)
{
	buf_free(&job->bytes);
	buf_free(&job->answer);
}

static bool
bench_metadata(void)
{
	struct job job = {.type = 0};
	struct bench b = {
	    "metadata V15", parse_metadata, parse_answer, &job, limit};
	size_t len;
	uint8_t *data = chaindata_read(metadata_file, &len);
	bool is_good;

	buf_add(&job.bytes, data, len);
	free(data);
	set_answer(&job);
	is_good = bench_run(&b);
	clear(&job);
	return is_good;
}

static bool
bench_graph(void)
{
	struct job job = {.type = 0};
	struct bench b = {"metagraph", decode_graph, parse_answer, &job, limit};
	struct metadata *metadata = chainmeta_load(metadata_file);
	const struct runtime_method *m = metadata_method(metadata, method);
	json_t *recorded = chaindata_json(recorded_file);
	const char *hex = json_string_value(json_object_get(
	    json_object_get(recorded, recorded_call), "result"));
	bool is_good;

	must(m != NULL && hex != NULL, "no recorded metagraph");
	job.bytes = chainmeta_bytes(hex);
	job.metadata = metadata;
	job.type = m->output;
	set_answer(&job);
	is_good = bench_run(&b);
	clear(&job);
	json_decref(recorded);
	metadata_free(metadata);
	return is_good;
}

static bool
is_there(const char *file)
{
	char *path = chaindata_path(file);
	bool is_there = access(path, R_OK) == 0;

	if (!is_there)
		printf("skipped: there is no %s (CHAIN_DATA)\n", path);
	free(path);
	return is_there;
}

int
main(void)
{
	bool is_good = true;

	if (is_there(metadata_file))
		is_good &= bench_metadata();
	if (is_there(metadata_file) && is_there(recorded_file))
		is_good &= bench_graph();
	return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
