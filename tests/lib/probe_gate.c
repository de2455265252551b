/* A gate before the probe: a script that waits while a file is there. */
#include "tests/lib/probe_gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/xalloc.h"
#include "tests/lib/paths.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

static const char closed[] = "probe.closed";

int
probe_gate_add(struct suite *s)
{
	char *probe = paths_program("bin/subnetd-probe");
	char *file = sandbox_path(s->box, closed);
	char *text = xasprintf("#!/bin/sh\n"
			       "while [ -e '%s' ]; do sleep 0.05; done\n"
			       "exec '%s'\n",
	    file, probe);
	char *script = sandbox_write(s->box, "probe", 0755, text);
	char *line = xasprintf("[orchestrator]\nprobe = %s\n", script);
	int failed = script == NULL ? -1 : suite_configure(s, line);

	free(probe);
	free(file);
	free(text);
	free(script);
	free(line);
	return failed;
}

int
probe_gate_close(struct suite *s)
{
	char *path = sandbox_write(s->box, closed, 0600, "");

	free(path);
	return path != NULL ? 0 : -1;
}

void
probe_gate_open(struct suite *s)
{
	char *path = sandbox_path(s->box, closed);

	unlink(path);
	free(path);
}
