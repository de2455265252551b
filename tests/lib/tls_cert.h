/*
 * A certificate for a test's TLS server, made on the spot and signed by
 * itself.
 */
#ifndef TESTS_TLS_CERT_H
#define TESTS_TLS_CERT_H

struct ssl_ctx_st;

/* For a DNS name; its certificate is written to a file that a client may be
 * told to trust (SSL_CERT_FILE). Freed by SSL_CTX_free. */
struct ssl_ctx_st *tls_cert_make(const char *name, const char *pem_path);

#endif
