/* Where jobs are measured. */
#include "tests/bench/jobs/world.h"

#include <dirent.h>
#include <event2/event.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "subtensor/ss58.h"
#include "tests/bench/jobs/miners.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { LOOK_MS = 5, WAIT_MS = 120000, BLOCK_MS = 60000, WARM_JOBS = 2000 };

const char *const world_part_names[N_WORLD_PARTS] = {
    "orchestratord", "signerd", "postgres", "redis", "floor", "load"};

static const char kinds_json[] =
    "[{\"name\":\"bench\",\"protocol\":\"native\",\"path\":\"/jobs/bench\","
    "\"capacity_key\":\"" MINERS_KEY
    "\",\"deadline\":\"30m\",\"attempt\":\"10m\","
    "\"answer\":\"20s\",\"retry_budget\":2,\"miners_min\":1,"
    "\"miners_wanted\":1,\"miners_max\":5,\"input_types\":[],"
    "\"max_input_bytes\":0,\"output_types\":[],"
    "\"max_output_bytes\":1048576,\"scoring\":\"none\","
    "\"params\":{\"text\":{\"type\":\"string\",\"required\":true,\"min\":1,"
    "\"max\":10000}}}]";

/* As they are shipped; a suite for tests has shorter ones. */
static const char ini[] = "lease = 15s\nprobe_interval = 1m\n";

/* -- time and memory of others ------------------------------------------ */

/* user + system time of /proc/PID/stat, in ticks, and its parent. */
static long
ticks_of(pid_t pid, pid_t *parent, bool with_children)
{
	char path[64], text[1024];
	long own_user = 0, own_system = 0, user = 0, system = 0;
	const char *after;
	size_t n;
	FILE *f;
	int ppid = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	after = strrchr(text, ')');
	if (after != NULL)
		sscanf(after,
		    ") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
		    "%ld %ld %ld %ld",
		    &ppid, &own_user, &own_system, &user, &system);
	if (parent != NULL)
		*parent = ppid;
	return own_user + own_system + (with_children ? user + system : 0);
}

/* A server and its living children; its own row has those that ended. */
static long
ticks_of_family(pid_t head)
{
	long ticks = ticks_of(head, NULL, true);
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		pid_t pid = atoi(entry->d_name), parent = 0;
		long own = pid > 0 ? ticks_of(pid, &parent, true) : 0;

		if (parent == head)
			ticks += own;
	}
	if (dir != NULL)
		closedir(dir);
	return ticks;
}

int64_t
world_cpu_us(const struct world *w, enum world_part part)
{
	pid_t pid = w->pids[part];
	long ticks = part == PART_POSTGRES ? ticks_of_family(pid)
					   : ticks_of(pid, NULL, false);

	return ticks * (1000000 / sysconf(_SC_CLK_TCK));
}

int64_t
world_rss_bytes(const struct world *w, enum world_part part)
{
	long pages = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)w->pids[part]);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

static pid_t
redis_pid(const struct world *w)
{
	char *info = sandbox_redis_text(w->suite->box, "INFO server");
	const char *at = info != NULL ? strstr(info, "process_id:") : NULL;
	pid_t pid = at != NULL ? atoi(at + strlen("process_id:")) : 0;

	free(info);
	return pid;
}

static void
note_pids(struct world *w)
{
	pid_t backend = db_int(w->db, "select pg_backend_pid()");

	ticks_of(backend, &w->pids[PART_POSTGRES], false);
	w->pids[PART_ORCHESTRATOR] =
	    proc_pid(w->suite->daemons[SUITE_ORCHESTRATOR]);
	w->pids[PART_SIGNER] = proc_pid(w->suite->daemons[SUITE_SIGNER]);
	w->pids[PART_REDIS] = redis_pid(w);
	w->pids[PART_FLOOR] = proc_pid(w->floor);
	w->pids[PART_LOAD] = getpid();
}

/* -- making it ---------------------------------------------------------- */

/* Stakes of all sizes, below orchestrator.stake_cap and beyond it. */
static int
add_neurons(struct world *w)
{
	struct buf sql = {0};
	int failed;

	buf_add_str(&sql,
	    "insert into neuron (netuid, uid, hotkey, coldkey, block, "
	    "alpha_stake, tao_stake, total_stake, validator_permit, "
	    "last_update, address) values ");
	for (int i = 0; i < WORLD_MINERS; i++) {
		uint8_t key[32];
		char hotkey[64];

		randombytes_buf(key, sizeof(key));
		ss58_encode(SS58_BITTENSOR, key, hotkey);
		buf_printf(&sql,
		    "%s(%d, %d, '%s', 'cold', 1, %d000000000, 0, 0, false, 0, "
		    "'127.0.0.1:%d')",
		    i > 0 ? "," : "", SUITE_NETUID, 1000 + i, hotkey, 1 + i * 3,
		    miners_port(w->miners, i));
	}
	failed = db_exec(w->db, "%s", buf_str(&sql));
	buf_free(&sql);
	return failed;
}

static int
port_said(struct proc *p, const char *event)
{
	const char *line =
	    p != NULL ? proc_wait_event(p, event, NULL, 0) : NULL;
	char port[16];

	if (line != NULL && proc_value(line, "port", port, sizeof(port)) == 0)
		return atoi(port);
	return -1;
}

static int
start_floor(struct world *w)
{
	char *program = paths_program("tests/bench/floor_jobs");
	char *conninfo =
	    cluster_conninfo_of(sandbox_cluster(w->suite->box), "empty");
	struct buf ports = {0};
	const char *argv[] = {program, conninfo, NULL, NULL};

	for (int i = 0; i < WORLD_MINERS; i++)
		buf_printf(&ports, "%s%d", i > 0 ? "," : "",
		    miners_port(w->miners, i));
	argv[2] = buf_str(&ports);
	w->floor = sandbox_start(w->suite->box, "floor", argv, NULL);
	w->floor_port = port_said(w->floor, "floor.listening");
	w->floor_db = db_open(conninfo);
	buf_free(&ports);
	free(program);
	free(conninfo);
	return w->floor_port > 0 && w->floor_db != NULL ? 0 : -1;
}

static int
start_suite(struct world *w, const char *name)
{
	struct suite_options o = {.name = name,
	    .durable = true,
	    .block_ms = BLOCK_MS,
	    .ini = NULL,
	    .leave_stopped = {[SUITE_WEIGHTSETTER] = true,
		[SUITE_ORCHESTRATOR] = true,
		[SUITE_VALIDATOR] = true}};
	char *build = paths_build();
	FILE *f;

	w->kinds = xasprintf("%s/bench-kinds.json", build);
	free(build);
	f = fopen(w->kinds, "w");
	if (f == NULL || fputs(kinds_json, f) < 0 || fclose(f) != 0)
		return -1;
	o.kinds = w->kinds;
	w->suite = suite_new(&o);
	if (w->suite == NULL)
		return -1;
	w->db = w->suite->db;
	w->api_port = w->suite->ports[SUITE_ORCHESTRATOR];
	return suite_configure(w->suite, "[orchestrator]\n") != 0 ||
		       suite_configure(w->suite, ini) != 0
		   ? -1
		   : 0;
}

/* PostgreSQL counts statements too: what they are, not what they cost. */
static int
count_statements(struct world *w)
{
	struct cluster *c = sandbox_cluster(w->suite->box);

	if (db_exec(w->db, "alter system set shared_preload_libraries = "
			   "pg_stat_statements") != 0)
		return -1;
	cluster_halt(c, CLUSTER_FAST);
	return cluster_start(c) != 0 ||
		       db_wait_int(w->db, 1, 0, "select 1") != 0
		   ? -1
		   : db_exec(w->db, "create extension pg_stat_statements");
}

static struct event_base *
base_new(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

/* Connections are made, statements prepared; and PostgreSQL is told what its
 * tables look like, as it finds out by itself within a minute of work. */
static int
warm_up(struct world *w)
{
	struct load_plan plan = {.clients = WORLD_CLIENTS, .jobs = WARM_JOBS};
	struct load_result r;

	return world_run(w, false, &plan, &r) != 0 ||
		       world_run(w, true, &plan, &r) != 0 ||
		       db_exec(w->db, "analyze") != 0 ||
		       db_exec(w->floor_db, "analyze") != 0
		   ? -1
		   : 0;
}

struct world *
world_new(const char *name, const struct world *beside)
{
	struct world *w = xcalloc(1, sizeof(*w));

	if (sodium_init() < 0)
		abort();
	w->is_beside = beside != NULL;
	w->base = w->is_beside ? beside->base : base_new();
	w->miners = miners_new(w->base, WORLD_MINERS);
	w->counts_statements = getenv("BENCH_STATEMENTS") != NULL;
	if (w->miners == NULL || start_suite(w, name) != 0 ||
	    (w->counts_statements && count_statements(w) != 0) ||
	    add_neurons(w) != 0 || start_floor(w) != 0 ||
	    suite_start(w->suite, SUITE_ORCHESTRATOR) != 0) {
		world_end(w, true);
		return NULL;
	}
	note_pids(w);
	if (world_wait_ready(w) == 0 && warm_up(w) == 0)
		return w;
	world_end(w, true);
	return NULL;
}

int
world_restart(struct world *w)
{
	if (suite_stop(w->suite, SUITE_ORCHESTRATOR) != 0 ||
	    suite_start(w->suite, SUITE_ORCHESTRATOR) != 0)
		return -1;
	note_pids(w);
	return world_wait_ready(w);
}

int
world_end(struct world *w, bool failed)
{
	int status;

	db_close(w->floor_db);
	status = suite_end(w->suite, failed);
	miners_free(w->miners);
	if (!w->is_beside)
		event_base_free(w->base);
	free(w->kinds);
	free(w);
	return status;
}

/* -- running ------------------------------------------------------------ */

void
world_pump(struct world *w, int ms)
{
	struct timeval wait = {ms / 1000, ms % 1000 * 1000};

	event_base_loopexit(w->base, &wait);
	event_base_dispatch(w->base);
}

static int
wait_for(struct world *w, struct db *db, const char *sql, int64_t expected)
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;

	while (db_int(db, "%s", sql) != expected) {
		if (clock_mono_us() > until_us) {
			fprintf(stderr, "bench: waited in vain: %s\n", sql);
			return -1;
		}
		world_pump(w, LOOK_MS);
	}
	return 0;
}

static bool
is_ready(struct world *w)
{
	char *url = xasprintf("%s/readyz", w->suite->api_url);
	struct fetch_answer answer;
	bool is_good = fetch_get(url, &answer) == 0 && answer.status == 200;

	fetch_clear(&answer);
	free(url);
	return is_good;
}

int
world_wait_ready(struct world *w)
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;

	while (!is_ready(w)) {
		if (clock_mono_us() > until_us) {
			fprintf(stderr, "bench: it does not get ready\n");
			return -1;
		}
		world_pump(w, LOOK_MS);
	}
	return wait_for(
	    w, w->db, "select count(*) from miner where is_up", WORLD_MINERS);
}

/* Jobs that have ended well since orchestratord was started, by its own
 * count: asking PostgreSQL again and again would be a load of its own. */
static long
done_steps(struct world *w)
{
	static const char name[] = "subnetd_job_steps_total{state=\"done\"} ";
	char *url = xasprintf("%s/metrics", w->suite->api_url);
	struct fetch_answer answer;
	const char *at = NULL;
	long n = -1;

	if (fetch_get(url, &answer) == 0)
		at = strstr(answer.body, name);
	if (at != NULL)
		n = atol(at + strlen(name));
	fetch_clear(&answer);
	free(url);
	return n;
}

static int
wait_steps(struct world *w, long expected)
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;

	while (done_steps(w) < expected) {
		if (clock_mono_us() > until_us) {
			fprintf(stderr, "bench: jobs that never end\n");
			return -1;
		}
		world_pump(w, LOOK_MS);
	}
	return 0;
}

/* What was said of jobs is what PostgreSQL holds. */
static int
check_done(struct world *w, bool floor, long jobs)
{
	struct db *db = floor ? w->floor_db : w->db;
	long *all = floor ? &w->floor_jobs : &w->jobs;
	char *sql;
	int failed;

	*all += jobs;
	w->measured += floor ? 0 : jobs;
	sql = xasprintf("select count(*) - %ld from %s where state = 'done'",
	    *all, floor ? "floor" : "job");
	failed = wait_for(w, db, sql, 0);
	free(sql);
	return failed;
}

int
world_run(struct world *w, bool floor, struct load_plan *plan,
    struct load_result *result)
{
	long before = floor ? 0 : done_steps(w);
	int64_t began_us = clock_mono_us();

	plan->port = floor ? w->floor_port : w->api_port;
	if (before < 0 || load_run(w->base, w->miners, plan, result) != 0)
		return -1;
	if (plan->is_bare)
		return 0;
	/* The floor's last step is its callback's answer. */
	if (!floor && wait_steps(w, before + result->done) != 0)
		return -1;
	if (!floor)
		result->seconds = (clock_mono_us() - began_us) / 1e6;
	return check_done(w, floor, result->done);
}
