/* Seeds of another system's tables: lines, times, records. */
#include "tests/fuzz/seed.h"

#include <string.h>

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define JOB "0190a1b2-017f-7abc-8def-0123456789ab"
#define TAG "Made with @infinitevibe.ai on #bittensor --- KutQY"

/* The tables of each upstream that are taken, in their order. */
enum { DIPPY = 3, VIOLET, INFINITEVIBE };

static void
record(const struct seeds *s, uint8_t upstream, uint8_t table, const char *json)
{
	const uint8_t head[] = {upstream, table};

	seed_put(s, "import", head, sizeof(head), json, strlen(json));
}

static void
lines(const struct seeds *s)
{
	static const char *const copied[] = {
	    "COPY public.miners (hotkey, value) FROM stdin;",
	    "COPY \"a b\".\"c\" (\"d\", e) FROM stdin;", "COPY m () FROM",
	    "1\t\\N\tx\\ty\\n", "\\101\\x42\\q\\b\\f\\r\\v\t\t\\\\",
	    "one\ttwo"};
	static const char *const values[] = {"a,b,c", "\"1,2\",,\"\"\"\"",
	    "\"two\nlines\",\"\",x", "\xef\xbb\xbfhotkey,value,x", "a,,b",
	    "\xff,1,2", "\"open"};

	SEED_ALL(s, "import", "\0", copied);
	SEED_ALL(s, "import", "\1", values);
}

static void
times(const struct seeds *s)
{
	static const char *const texts[] = {"2025-10-27T05:35:01.224473Z",
	    "2025-10-27 05:35:01+00", "2025-10-27T05:35:01-06:30",
	    "2025-10-27T05:35:01+1", "2025-13-01T00:00:00Z",
	    "2025-01-32T00:00:00Z", "2025-01-01T24:00:00Z",
	    "2025-01-01T00:60:00Z", "2025-01-01T00:00:61Z",
	    "2025-01-01T00:00:00.Z", "1999-01-01T00:00:00Z", "noon"};

	SEED_ALL(s, "import", "\2", texts);
}

#define DIPPYS(more)                                                           \
	"{\"job_id\":\"" JOB "\",\"job_type\":\"generate\","                   \
	"\"miner_hotkey\":\"" ALICE "\",\"payload\":\"{\\\"prompt\\\":1}\","   \
	"\"creation_timestamp\":\"2025-10-27T05:35:01Z\","                     \
	"\"prepared_at\":\"2025-10-27T05:35:02Z\"" more "}"
#define FAILED(why)                                                            \
	DIPPYS(",\"status\":\"failed\",\"failure_reason\":\"" why "\"")

static void
dippys(const struct seeds *s)
{
	static const char *const jobs[] = {
	    DIPPYS(",\"status\":\"success\",\"completed_at\":"
		   "\"2025-10-27T05:35:15Z\",\"response_payload\":{"
		   "\"total_runtime_ms\":12,\"image_uri\":\"gs://x/y\","
		   "\"image_sha256\":\"ab\",\"callback_metadata\":{"
		   "\"has_image\":true}}"),
	    DIPPYS(",\"status\":\"success\",\"is_audit_job\":\"t\","
		   "\"response_payload\":{\"latency_ms\":\"12\","
		   "\"callback_metadata\":{\"has_image\":\"no\"}}"),
	    DIPPYS(",\"status\":\"timeout\",\"expires_at\":"
		   "\"2025-11-27T05:35:15Z\""),
	    DIPPYS(",\"status\":\"pending\""),
	    FAILED("dispatch_error:[Errno 111]"),
	    FAILED("dispatch_error:Bad Gateway"), FAILED("callback_status:x"),
	    FAILED("callback_secret_mismatch"), FAILED("else"),
	    DIPPYS(",\"status\":\"success\",\"payload\":[]"),
	    DIPPYS(",\"status\":\"success\",\"job_type\":\"lora\""), "{}"};

	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
		record(s, DIPPY, 0, jobs[i]);
	record(s, DIPPY, 1,
	    "{\"hotkey\":\"" ALICE "\",\"value\":{\"failed_audits\":2.0}}");
	record(s, DIPPY, 1, "{\"hotkey\":\"" ALICE "\"}");
	record(s, DIPPY, 2,
	    "{\"audit_job_id\":\"" JOB "\",\"target_job_id\":\"" JOB
	    "\",\"miner_hotkey\":\"" ALICE
	    "\",\"created_at\":\"2025-10-27T05:35:01Z\"}");
	record(s, DIPPY, 2,
	    "{\"audit_job_id\":\"" JOB "\",\"miner_hotkey\":\"" ALICE
	    "\",\"created_at\":\"2025-10-27T05:35:01Z\"}");
	record(s, DIPPY, 3, "{\"address\":\"" ALICE "\"}");
	record(s, DIPPY, 3, "{\"address\":\"5x\"}");
}

#define TASK(type, status, responses)                                          \
	"{\"task_id\":\"" JOB "\",\"task_type\":\"" type                       \
	"\",\"status\":\"" status                                              \
	"\",\"priority\":\"urgent\",\"source_language\":\"en\","               \
	"\"created_at\":\"2025-10-01T10:00:00\",\"distributed_at\":"           \
	"\"2025-10-01T10:00:01\",\"completed_at\":\"2025-10-01T12:00:00\","    \
	"\"miner_responses\":[" responses "]}"
#define SAID(uid, what)                                                        \
	"{\"miner_uid\":" uid ",\"submitted_at\":\"2025-10-01T10:00:30\","     \
	"\"response\":{\"response_data\":{\"output_data\":" what "}}}"
#define USER(role, key, active)                                                \
	"{\"user_id\":\"u-1\",\"email\":\"a@b.c\",\"role\":\"" role            \
	"\",\"api_key\":\"" key "\",\"is_active\":" active "}"
#define KEY "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL0123E"

static void
violets(const struct seeds *s)
{
	static const char *const tasks[] = {
	    TASK("TRANSCRIPTION", "COMPLETED",
		SAID("3", "{\"transcript\":\"a\",\"language\":\"en\"}")),
	    TASK("summarization", "done", SAID("3", "\"words\"")),
	    TASK("TRANSCRIPTION", "APPROVED",
		SAID("3", "{\"transcript\":\"broken file\"}")),
	    TASK("TRANSCRIPTION", "COMPLETED", SAID("4", "1")),
	    TASK("TRANSCRIPTION", "COMPLETED", SAID("77", "1")),
	    TASK("TRANSCRIPTION", "COMPLETED", "{\"miner_uid\":3}"),
	    TASK("TRANSCRIPTION", "COMPLETED", "{}"),
	    TASK("TRANSCRIPTION", "CANCELLED", ""),
	    TASK("TRANSCRIPTION", "FAILED", ""),
	    TASK("TRANSCRIPTION", "PENDING", ""), TASK("TTS", "DONE", ""),
	    TASK("WEAVING", "DONE", ""), "{}"};
	static const char *const users[] = {USER("CLIENT", KEY, "true"),
	    USER("ADMIN", KEY, "true"), USER("king", KEY, "true"),
	    USER("miner", "short", "true"), USER("client", KEY, "\"f\""),
	    "{\"role\":\"client\",\"email\":\"a\",\"user_id\":\"a b\"}", "{}"};

	for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++)
		record(s, VIOLET, 0, tasks[i]);
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++)
		record(s, VIOLET, 1, users[i]);
}

#define METRIC(caption)                                                        \
	"{\"platform_name\":\"instagram/reel\",\"caption\":\"" caption         \
	"\",\"comment_count\":{\"$numberInt\":\"4\"},\"like_count\":-1,"       \
	"\"owner_username\":\"Some.Body\",\"published_at\":{\"$date\":{"       \
	"\"$numberLong\":\"1751364300123\"}},\"video_play_count\":{"           \
	"\"$numberDouble\":\"12.0\"},\"owner_follower_count\":7,"              \
	"\"ai_score\":0.9}"
#define POST(metrics)                                                          \
	"{\"_id\":{\"$oid\":\"68\"},\"hotkey\":\"" ALICE                       \
	"\",\"content_id\":\"DLabcdefgh1\","                                   \
	"\"platform_metrics_by_interval\":{" metrics "}}"

static void
infinitevibes(const struct seeds *s)
{
	static const char *const posts[] = {
	    POST("\"2025-10-27-20-00\":" METRIC(
		TAG) ",\"2025-10-27-20-10\":" METRIC(TAG) ",\"2025-10-27-22-"
							  "00\":" METRIC(
							      TAG " " TAG)),
	    POST("\"2025-10-27-20-00\":" METRIC("")),
	    POST("\"2025-01-27-20-00\":" METRIC(TAG)),
	    POST("\"2099-01-01-00-00\":" METRIC(TAG)),
	    POST("\"2001-01-01-00-00\":" METRIC(TAG)), POST("\"soon\":{}"),
	    POST("\"2025-10-27-20-00\":{}"), POST(""), "{}"};
	static const char *const firsts[] = {
	    "{\"hotkey\":\"" ALICE "\",\"platform\":\"youtube/video\","
	    "\"content_id\":\"dQw4w9WgXcQ\",\"claimed_at\":{\"$date\":"
	    "\"2025-10-27T20:00:00Z\"}}",
	    "{\"hotkey\":\"" ALICE "\",\"platform\":\"youtube/video\","
	    "\"content_id\":\"dQw4w9WgXcQ\",\"claimed_at\":"
	    "\"2001-10-27T20:00:00Z\"}",
	    "{\"hotkey\":\"" ALICE "\",\"platform\":\"myspace\","
	    "\"claimed_at\":\"2025-10-27T20:00:00Z\"}"};

	for (size_t i = 0; i < sizeof(posts) / sizeof(posts[0]); i++) {
		record(s, INFINITEVIBE, 0, posts[i]);
		record(s, INFINITEVIBE, 0x80, posts[i]);
	}
	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
		record(s, INFINITEVIBE, 1, firsts[i]);
}

void
seed_import(const struct seeds *s)
{
	lines(s);
	times(s);
	dippys(s);
	violets(s);
	infinitevibes(s);
}
