/*
 * The paths of Violet's door, and those of Violet's that there are not any
 * more: 410, and what to use instead.
 */
#include <string.h>

#include "common/api_key.h"
#include "orchestrator/gate.h"
#include "orchestrator/violet.h"
#include "orchestrator/violet_board.h"
#include "orchestrator/violet_content.h"
#include "orchestrator/violet_files.h"
#include "orchestrator/violet_form.h"
#include "orchestrator/violet_health.h"
#include "orchestrator/violet_miner.h"
#include "orchestrator/violet_response.h"
#include "orchestrator/violet_tasks.h"
#include "orchestrator/violet_validator.h"

#define MIB (1024ull * 1024)

/* Of files their types say how large they may be, and are answered in Violet's
 * words. */
#define MAX_FILE (5 * 1024 * MIB)
#define MAX_TEXT (5 * MIB)
#define MAX_SIGNED 4096 /* of what has no body, but for "{}" */

/* Who may order tasks, and who may look at them, a client at its own; who
 * judges; and miners, who sign, or come with a key where that is enough. */
enum {
	ORDERS = ROLE_CLIENT | ROLE_OPERATOR | ROLE_ADMIN,
	READS = ORDERS | ROLE_VALIDATOR,
	JUDGES = ROLE_VALIDATOR | ROLE_OPERATOR | ROLE_ADMIN,
	MINES = ROLE_MINER | ROLE_OPERATOR | ROLE_ADMIN | GATE_HOTKEY,
};

static void
gone(struct http_req *req, const char *instead)
{
	violet_refuse(req, 410, "This is not served here: %s", instead);
}

static void
gone_accounts(struct http_req *req, void *o)
{
	(void)o;
	gone(req, "keys are made by an operator, with subnetctl keys new");
}

static void
gone_identity(struct http_req *req, void *o)
{
	(void)o;
	gone(req,
	    "a miner signs each request with its hotkey (Epistula v2), and "
	    "there is no session");
}

static void
gone_registration(struct http_req *req, void *o)
{
	(void)o;
	gone(req, "who asks for its tasks, with GET "
		  "/api/v1/miners/{uid}/tasks, is there");
}

static void
gone_pushing(struct http_req *req, void *o)
{
	(void)o;
	gone(req, "orchestratord gives tasks to miners and collects their "
		  "results itself");
}

static void
gone_evaluation(struct http_req *req, void *o)
{
	(void)o;
	gone(req, "validatord judges every attempt: GET /v1/scores/{hotkey}");
}

static void
gone_consensus(struct http_req *req, void *o)
{
	(void)o;
	gone(req, "miners are measured here: GET /v1/miners, "
		  "GET /api/v1/leaderboard");
}

static void
gone_completed(struct http_req *req, void *o)
{
	(void)o;
	gone(req, "GET /api/v1/validator/tasks has finished tasks, page by "
		  "page");
}

static void
gone_admin(struct http_req *req, void *o)
{
	(void)o;
	gone(req, "every task has a deadline and ends by itself: "
		  "subnetctl jobs shows them");
}

static void
gone_files(struct http_req *req, void *o)
{
	(void)o;
	gone(req, "a task's files are at GET /api/v1/files/{id}, and "
		  "/download behind that");
}

static void
gone_voices(struct http_req *req, void *o)
{
	(void)o;
	gone(req, "voices are of a kind's parameters, in the kinds file");
}

static void
gone_counts(struct http_req *req, void *o)
{
	(void)o;
	gone(req, "GET /metrics has counters, GET /api/v1/leaderboard the "
		  "miners");
}

const struct http_route violet_routes[] = {
    /* clients */
    {"POST", "/api/v1/transcription", MAX_FILE, true, violet_form_transcription,
	ORDERS},
    {"POST", "/api/v1/tts", MAX_TEXT, true, violet_form_tts, ORDERS},
    {"POST", "/api/v1/summarization", MAX_TEXT, true, violet_form_summarization,
	ORDERS},
    {"POST", "/api/v1/video-transcription", MAX_FILE, true, violet_form_video,
	ORDERS},
    {"POST", "/api/v1/text-translation", MAX_TEXT, true, violet_form_text,
	ORDERS},
    {"POST", "/api/v1/document-translation", MAX_FILE, true,
	violet_form_document, ORDERS},
    {"POST", "/api/v1/audio-enhancement", MAX_FILE, true,
	violet_form_enhancement, ORDERS},
    {"GET", "/api/v1/tasks/completed", 0, false, gone_completed, 0},
    {"GET", "/api/v1/tasks", 0, false, violet_tasks_list, READS},
    {"GET", "/api/v1/tasks/{id}", 0, false, violet_tasks_show, READS},
    {"GET", "/api/v1/task/{id}/status", 0, false, violet_tasks_status, READS},
    {"GET", "/api/v1/task/{id}/responses", 0, false, violet_tasks_responses,
	READS},
    {"GET", "/api/v1/{type}/{id}/result", 0, false, violet_tasks_result, READS},
    {"GET", "/api/v1/files/stats", 0, false, gone_files, 0},
    {"GET", "/api/v1/files/list/{type}", 0, false, gone_files, 0},
    {"GET", "/api/v1/files/{id}", 0, false, violet_files_show, READS},
    {"GET", "/api/v1/files/{id}/download", 0, false, violet_files_download,
	READS | GATE_URL},
    {"GET", "/api/v1/tts/audio/{id}", 0, false, gone_files, 0},
    {"GET", "/api/v1/voices", 0, false, violet_files_voices, READS},
    {"POST", "/api/v1/voices", MAX_FILE, true, gone_voices, 0},
    {"PUT", "/api/v1/voices/{name}", MAX_FILE, true, gone_voices, 0},
    {"DELETE", "/api/v1/voices/{name}", MAX_SIGNED, true, gone_voices, 0},
    /* miners */
    {"GET", "/api/v1/miners/{uid}/tasks", MAX_SIGNED, false, violet_miner_tasks,
	MINES},
    {"GET", "/api/v1/miner/{type}/{id}", MAX_SIGNED, false, violet_content,
	MINES},
    {"POST", "/api/v1/miner/response", MAX_TEXT, true, violet_response_any,
	MINES},
    {"POST", "/api/v1/miner/tts/upload", MAX_FILE, true, violet_response_tts,
	MINES},
    {"POST", "/api/v1/miner/tts/upload-audio", MAX_FILE, true,
	violet_response_tts, MINES},
    {"POST", "/api/v1/miner/audio-enhancement/upload-audio", MAX_FILE, true,
	violet_response_enhancement, MINES},
    {"POST", "/api/v1/miner/video-transcription/upload-result", MAX_TEXT, true,
	violet_response_video, MINES},
    {"POST", "/api/v1/miner/text-translation/upload-result", MAX_TEXT, true,
	violet_response_text, MINES},
    {"POST", "/api/v1/miner/document-translation/upload-result", MAX_TEXT, true,
	violet_response_document, MINES},
    {"POST", "/api/v1/miners/register", MAX_TEXT, true, gone_registration, 0},
    {"POST", "/api/v1/miner/authenticate", MAX_TEXT, true, gone_identity, 0},
    /* validators */
    {"GET", "/api/v1/validator/tasks", 0, false, violet_validator_tasks,
	JUDGES},
    {"POST", "/api/v1/validators/mark-task-seen", MAX_TEXT, true,
	violet_validator_mark_seen, JUDGES},
    {"GET", "/api/v1/validator/{uid}/evaluated_tasks", 0, false,
	violet_validator_evaluated, JUDGES},
    {"POST", "/api/v1/validators/miner-status", MAX_TEXT, true,
	violet_validator_miner_status, JUDGES},
    {"GET", "/api/v1/leaderboard", 0, false, violet_board, ROLES_ALL},
    {"GET", "/api/v1/leaderboard/{uid}", 0, false, violet_board_one, ROLES_ALL},
    {"GET", "/api/v1/validator/integration", 0, false,
	violet_health_integration, ROLES_ALL},
    {"POST", "/api/v1/validator/distribute", MAX_TEXT, true, gone_pushing, 0},
    {"POST", "/api/v1/validator/submit_result", MAX_TEXT, true, gone_pushing,
	0},
    {"POST", "/api/v1/validator/evaluation", MAX_TEXT, true, gone_evaluation,
	0},
    {"POST", "/api/v1/validator/authenticate", MAX_TEXT, true, gone_identity,
	0},
    {"GET", "/api/v1/validators/consensus-stats", 0, false, gone_consensus, 0},
    {"GET", "/api/v1/miners/{uid}/consensus", 0, false, gone_consensus, 0},
    {"GET", "/api/v1/miners/metrics/all", 0, false, gone_counts, 0},
    {"GET", "/api/v1/miners/{uid}/metrics", 0, false, gone_counts, 0},
    {"GET", "/api/v1/miners", 0, false, gone_consensus, 0},
    {"GET", "/api/v1/miners/network-status", 0, false, gone_consensus, 0},
    {"GET", "/api/v1/miners/performance", 0, false, gone_counts, 0},
    /* whoever watches */
    {"GET", "/health", 0, false, violet_health_short, 0},
    {"GET", "/api/v1/health", 0, false, violet_health_long, 0},
    {"GET", "/metrics/json", 0, false, violet_health_metrics, ROLES_ALL},
    {"GET", "/api/v1/metrics/json", 0, false, violet_health_metrics, ROLES_ALL},
    {"GET", "/api/v1/metrics", 0, false, gone_counts, 0},
    {"GET", "/api/v1/duplicate-protection/stats", 0, false, gone_counts, 0},
    /* what is an operator's, or nobody's */
    {"POST", "/api/v1/auth/register", MAX_TEXT, true, gone_accounts, 0},
    {"POST", "/api/v1/auth/login", MAX_TEXT, true, gone_accounts, 0},
    {"POST", "/api/v1/auth/generate-api-key", MAX_TEXT, true, gone_accounts, 0},
    {"GET", "/api/v1/auth/verify-api-key", 0, false, gone_accounts, 0},
    {"POST", "/api/v1/admin/tasks/complete-stale", MAX_TEXT, true, gone_admin,
	0},
    {"GET", "/api/v1/admin/tasks/stale-stats", 0, false, gone_admin, 0},
    {NULL, NULL, 0, false, NULL, 0},
};
