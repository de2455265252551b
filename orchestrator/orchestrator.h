/*
 * What one orchestratord is made of: the parts main.c wires together, and
 * which the files of this folder are handed.
 */
#ifndef ORCHESTRATOR_ORCHESTRATOR_H
#define ORCHESTRATOR_ORCHESTRATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/service.h"
#include "common/uuid.h"
#include "orchestrator/overhead.h"
#include "orchestrator/router.h"
#include "orchestrator/secrets.h"
#include "orchestrator/table.h"
#include "orchestrator/v1_wait.h"
#include "orchestrator/webhooks_seal.h"

struct blobs;
struct claim;
struct converts;
struct dendrite;
struct dispatch;
struct docs;
struct drain;
struct files;
struct flights;
struct gate;
struct gauges;
struct hedges;
struct http_client;
struct http_server;
struct idempotencies;
struct kinds;
struct metric;
struct miners;
struct openai_call;
struct page_door;
struct pg;
struct probes;
struct redis;
struct rollups;
struct schedules;
struct signed_call;
struct signer_client;
struct sweep;
struct turned_away;
struct v1_streams;
struct watches;
struct webhooks;

struct counters {
	struct metric *jobs_accepted, *jobs_over[7];
	struct metric *attempts_over[11];
	struct metric *miner_seconds;
	struct metric *violet_reports;
	struct overhead overhead;
};

struct orchestrator {
	struct service service; /* first: the health handlers cast to it */
	char id[UUID_TEXT];	/* of this run; leases carry it */
	int netuid, mecid;
	int64_t started_us;
	int64_t lease_ms;
	int64_t ageing_ms;		/* that a point of priority is worth */
	LIST_HEAD(, signed_call) calls; /* to miners, being signed or sent */
	LIST_HEAD(, openai_call) openai_calls; /* that wait for jobs */
	struct drain *drain; /* NULL until we are told to stop */
	bool development;    /* plain http and loopback to miners */
	bool violet_keyless; /* Violet's miners need not sign */
	char *public_url;    /* what miners reach us by */
	struct secrets secrets;
	struct route_policy policy;
	struct table table;
	struct router *router; /* of that table; NULL: none was read yet */
	char kept[33];	       /* its id, once its text is in the database */
	struct miners *miners;
	struct kinds *kinds;
	struct blobs *blobs;
	bool redirects;	     /* to storage elsewhere; or it is handed through */
	int64_t file_ttl_ms; /* of clients' own files */
	struct files *files;
	struct probes *probes;
	struct converts *converts;
	struct pg *pg;	 /* what jobs wait for */
	struct pg *back; /* what looks at everything, and may take a while */
	struct pg *look; /* what the page asks: nothing else waits for it */
	struct redis *out, *jobs, *chain, *scores;
	struct http_server *api;
	struct docs *docs;
	struct gate *gate; /* who may use the API */
	struct page_door *page;
	struct idempotencies *idempotencies;
	struct v1_streams *streams; /* of events */
	struct v1_waiters waiters;
	struct http_client *client;
	struct http_client *axons; /* to classic axons */
	struct signer_client *signer;
	LIST_HEAD(, dispatch) dispatches; /* whose input is being read */
	LIST_HEAD(, dendrite) dendrites;  /* that call no axon now */
	int64_t nonce_ns;		  /* the last one given */
	struct claim *claim;
	struct sweep *sweep;
	struct turned_away *turned_away;
	struct gauges *gauges;
	struct watches *watches;
	struct webhooks_key webhooks_key;
	struct webhooks *webhooks;
	struct flights *flights;
	struct hedges *hedges;
	int n_fetches; /* of inputs that clients named by a URL */
	struct schedules *schedules;
	struct rollups *rollups; /* NULL: they are not kept here */
	struct counters counters;
};

#endif
