# subnetd: programs, libraries, tests. One file, no recursion.
#
#   make            everything          make check     the tests (SAN=1: under sanitizers)
#   make demo       the main job        make lint      what we agreed not to write
#   make cover      line coverage       make install   into $(DESTDIR)$(PREFIX)
#   make docs-check the pages against the programs
#   make deb        a Debian package    make uninstall what install put there
#   make soak       fuzzers and chaos   make bench     figures and their floors, by hand

PREFIX ?= /usr/local
CC = gcc
ifeq ($(SAN),1)
B := build-san
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
else ifeq ($(COV),1)
B := build-cov
SANFLAGS := --coverage
else
B := build
endif

LIBS := libevent libevent_openssl libpq jansson libsodium libcurl hiredis libxxhash libcrypto libssl inih libblst
CPPFLAGS += -D_GNU_SOURCE -I. -I$(B)/gen $(shell pkg-config --cflags $(LIBS))
CFLAGS += -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes \
	-Wno-format-truncation -ffp-contract=off -fstack-protector-strong $(SANFLAGS)
LDFLAGS += $(SANFLAGS)
LDLIBS = $(shell pkg-config --libs $(LIBS)) -lunistring -lwslay -lhttp_parser -lm -lpthread
AVLIBS := $(shell pkg-config --libs libavformat libavcodec libavutil libseccomp zlib)

LIBRARIES := common subtensor scorer
PROGRAMS := orchestratord validatord weightsetterd signerd subnetctl subnetd-probe subnetd-convert
ARCHIVES := $(LIBRARIES:%=$(B)/lib%.a)

objects = $(patsubst %.c,$(B)/obj/%.o,$(wildcard $(1)))
SQL := $(sort $(wildcard sql/queries/*.sql)) $(sort $(wildcard sql/migrations/*.sql))
UNIT := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
STORE := $(patsubst %.c,$(B)/%,$(wildcard tests/store/test_*.c))
DAEMON := $(patsubst %.c,$(B)/%,$(wildcard tests/daemon/test_*.c))
FAKES := $(B)/tests/devchain $(B)/tests/miner $(B)/tests/reference $(B)/tests/watch
DEMO := $(B)/tests/show
DUMP := $(B)/tests/interop/dump $(B)/tests/interop/offline $(B)/tests/interop/served $(B)/tests/agree/measure $(B)/tests/page/served
FUZZ := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/test_%,$(wildcard tests/fuzz/fuzz_*.c))
TESTLIB := $(B)/libtest.a
# Which miners get a job: what draws, and what draws again from a receipt.
ROUTING := $(foreach f,draw earned lane out pool replay route_text router shares table,$(B)/obj/orchestrator/$f.o)

all: $(PROGRAMS:%=$(B)/bin/%)

# The orchestrator's program; the probe and the converter are of files of their
# own.
ORCHESTRATOR = $(filter-out $(B)/obj/orchestrator/probed% $(B)/obj/orchestrator/converted%,$(call objects,orchestrator/*.c)) $(B)/gen/openapi.o $(B)/gen/page.o

# Program -> its folder's objects.
$(B)/bin/orchestratord: $(ORCHESTRATOR)
$(B)/bin/subnetd-probe: $(call objects,orchestrator/probed*.c)
$(B)/bin/subnetd-convert: $(call objects,orchestrator/converted*.c)
$(B)/bin/validatord: $(call objects,validator/*.c)
$(B)/bin/weightsetterd: $(call objects,weightsetter/*.c)
$(B)/bin/signerd: $(call objects,signer/*.c)
# A round made again, of the rows it was made of.
ROUNDS := $(B)/obj/validator/run_rows.o
# A miner's claim, signed by the code that checks it.
CLAIMED := $(patsubst %,$(B)/obj/validator/claim_%.o,message platform)
# A job's step, by the table of its states.
STATES := $(B)/obj/orchestrator/states.o
$(B)/bin/subnetctl: $(call objects,subnetctl/*.c) $(ROUTING) $(ROUNDS) $(CLAIMED) $(STATES)
$(B)/tests/devchain: $(call objects,tests/fake/devchain/*.c)
$(B)/tests/miner: $(call objects,tests/fake/miner/*.c)
$(B)/tests/reference: $(call objects,tests/fake/reference/*.c)
$(B)/tests/watch: $(call objects,tests/fake/watch/*.c)
$(B)/bin/subnetd-probe $(B)/bin/subnetd-convert: LDLIBS += $(AVLIBS)
$(B)/tests/unit/test_probe_cage: LDLIBS += -lseccomp
$(B)/tests/miner $(B)/tests/unit/test_probe_pictures: LDLIBS += -lpng

# Beside it, and then in its place: tests may be starting the one there.
$(PROGRAMS:%=$(B)/bin/%) $(FAKES):
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@.new $(filter %.o,$^) -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(LDLIBS)
	mv $@.new $@
$(PROGRAMS:%=$(B)/bin/%) $(FAKES): $(ARCHIVES)

$(DEMO): $(call objects,tests/demo/*.c) $(B)/obj/orchestrator/draw.o
$(foreach t,$(UNIT),$(if $(findstring test_devchain_,$t),$t)): $(filter-out %/main.o,$(call objects,tests/fake/devchain/*.c))
$(addprefix $(B)/tests/unit/test_,firsts router replay settle claiming): $(ROUTING)
# What miners are sent; each wire format is a file of its own.
WIRES := $(call objects,orchestrator/protocol*.c) $(B)/obj/orchestrator/secrets.o
$(addprefix $(B)/tests/unit/test_,protocol protocol_dippy protocol_synapse kinds probe_verdict): $(WIRES)
$(addprefix $(B)/tests/unit/test_,api_routes openapi page_files): $(filter-out %/main.o,$(ORCHESTRATOR))
# The services that watch posts, asked.
WATCH := $(call objects,validator/watch*.c)
# What is made of their answers, and whose posts are whose.
POSTS := $(patsubst %,$(B)/obj/validator/%.o,posts_plan posts_settle look purses)
$(addprefix $(B)/tests/unit/test_,posts_settle look): $(POSTS) $(WATCH) $(call objects,validator/claim*.c)
$(patsubst %,$(B)/tests/%,unit/test_watch_answer unit/test_watch_pace unit/test_watch_wire daemon/test_watch_services bench/engagement): $(WATCH)
CHAOS := $(B)/tests/chaos/kill $(B)/tests/chaos/scenarios $(B)/tests/chaos/rolling
$(B)/tests/chaos/scenarios: $(B)/obj/tests/chaos/faults.o
BENCH := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*.c)) $(B)/tests/bench/jobs
$(B)/tests/interop/offline: $(call objects,tests/interop/offline_*.c)
$(B)/tests/agree/measure: $(call objects,subnetctl/calc*.c subnetctl/chain_input.c)
$(FUZZ): $(B)/tests/fuzz/test_%: $(B)/obj/tests/fuzz/%.o
$(FUZZ): $(filter-out %/seed.o $(B)/obj/tests/fuzz/fuzz_%,$(call objects,tests/fuzz/*.c))
$(FUZZ): $(filter-out %/main.o,$(call objects,signer/*.c))
# What miners claim, and whether it is theirs.
CLAIMS := $(call objects,validator/claim*.c validator/gist*.c)
$(addprefix $(B)/tests/unit/test_,claim claim_platform claim_caption claim_settle gist): $(CLAIMS)
$(B)/tests/daemon/test_claim_tool $(FUZZ): $(CLAIMS)
$(FUZZ): $(call objects,validator/watch*.c)
# Another system's records, and the rows they become.
$(FUZZ): $(patsubst %,$(B)/obj/subnetctl/import_%.o,cells dippy field id infinitevibe past rows violet)
$(FUZZ): $(WIRES) $(patsubst %,$(B)/obj/orchestrator/%.o,form result_form)
$(FUZZ): LDLIBS += -Wl,--wrap=PKCS5_PBKDF2_HMAC,--wrap=crypto_pwhash,--wrap=sodium_malloc,--wrap=sodium_free
$(UNIT) $(STORE) $(DAEMON) $(filter-out %/jobs,$(BENCH)) $(CHAOS) $(DUMP): $(B)/%: $(B)/obj/%.o
$(B)/tests/daemon/test_engagement $(B)/tests/bench/cycles $(DEMO): $(CLAIMED)
$(B)/tests/bench/jobs: $(call objects,tests/bench/jobs/*.c)
$(B)/tests/bench/draw: $(ROUTING)
$(UNIT) $(STORE) $(DAEMON) $(BENCH) $(CHAOS) $(DUMP) $(FUZZ) $(DEMO): $(TESTLIB) $(ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(TESTLIB) -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(LDLIBS) -lcmocka

$(B)/libcommon.a: $(call objects,common/*.c) $(B)/gen/sql.o
$(B)/libsubtensor.a: $(call objects,subtensor/*.c)
$(B)/libscorer.a: $(call objects,scorer/*.c)
$(TESTLIB): $(call objects,tests/lib/*.c)
$(B)/lib%.a:
	@rm -f $@
	ar rcs $@ $^

$(B)/obj/%.o: %.c $(B)/gen/sql.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(B)/gen/sql.o: $(B)/gen/sql.c $(B)/gen/sql.h
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(B)/gen/sql.c: $(SQL) sql/embed
	@mkdir -p $(@D)
	sql/embed $@ $(B)/gen/sql.h
$(B)/gen/sql.h: $(B)/gen/sql.c ;
$(B)/gen/openapi.c: $(wildcard orchestrator/openapi/*.json) orchestrator/openapi/embed
	@mkdir -p $(@D)
	orchestrator/openapi/embed $@
$(B)/gen/openapi.o: $(B)/gen/openapi.c orchestrator/openapi.h
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# The page's files; what it has of others comes by npm, if there is one.
PAGE := $(filter-out %/README.md,$(wildcard orchestrator/page/*))
$(B)/gen/page.c: $(PAGE)
	@mkdir -p $(@D)
	orchestrator/page/vendor build/vendor/page
	orchestrator/page/embed $@ build/vendor/page
$(B)/gen/page.o: $(B)/gen/page.c orchestrator/page_files.h
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

tests: all $(UNIT) $(STORE) $(DAEMON) $(FUZZ) $(FAKES) $(DEMO) $(DUMP)
check:
	SAN=$(SAN) deploy/check
demo-programs: all $(FAKES) $(DEMO)
demo: demo-programs
	$(DEMO)
docs-check: all
	tests/docs-check $(B)
lint: all
	tests/lint $(B)
chaos-programs: all $(FAKES) $(CHAOS)
soak:
	tests/soak $(SECTION)
bench: all $(BENCH) $(B)/tests/devchain $(B)/tests/watch
	tests/bench/run $(B)
cover:
	$(MAKE) COV=1 tests
	tests/cover build-cov
install: all
	DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) deploy/install-files $(B)
uninstall:
	DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) deploy/install-files $(B) uninstall
deb: all
	deploy/deb $(B)
clean:
	rm -rf build build-san build-cov

.PHONY: all tests check demo demo-programs docs-check lint chaos-programs soak bench cover install clean uninstall deb
.SECONDARY:
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
