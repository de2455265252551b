/* Ports of loopback that are told to programs before they listen there. */
#ifndef TESTS_LIB_PORT_H
#define TESTS_LIB_PORT_H

/* One that is free, and that nobody is given by the kernel meanwhile: below
 * those it gives out. */
int port_free(void);

#endif
