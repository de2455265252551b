/* A self-signed certificate, good for an hour. */
#include "tests/lib/tls_cert.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

static void
add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	X509_add_ext(cert, ext, -1);
	X509_EXTENSION_free(ext);
}

static X509 *
make_cert(EVP_PKEY *key, const char *name)
{
	X509 *cert = X509_new();
	X509_NAME *subject = X509_get_subject_name(cert);
	char alt[300];

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -60);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
	    (const unsigned char *)"subnetd test", -1, -1, 0);
	X509_set_issuer_name(cert, subject);
	X509_set_pubkey(cert, key);
	snprintf(alt, sizeof(alt), "DNS:%s", name);
	add_extension(cert, NID_subject_alt_name, alt);
	add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
	X509_sign(cert, key, EVP_sha256());
	return cert;
}

struct ssl_ctx_st *
tls_cert_make(const char *name, const char *pem_path)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = make_cert(key, name);
	FILE *f = fopen(pem_path, "w");

	if (ctx == NULL || f == NULL || PEM_write_X509(f, cert) != 1 ||
	    SSL_CTX_use_certificate(ctx, cert) != 1 ||
	    SSL_CTX_use_PrivateKey(ctx, key) != 1)
		abort();
	fclose(f);
	X509_free(cert);
	EVP_PKEY_free(key);
	return ctx;
}
