/* Ports that nobody is given meanwhile. */
#include "tests/lib/port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/lib/dice.h"

static bool
is_free(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool is;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	is = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
	if (fd >= 0)
		close(fd);
	return is;
}

int
port_free(void)
{
	struct dice dice = {(uint64_t)clock_mono_us() + (uint64_t)getpid()};
	int port;

	do
		port = dice_between(&dice, 12000, 31999);
	while (!is_free(port));
	return port;
}
