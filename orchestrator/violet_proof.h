/*
 * Who a miner is that speaks to Violet's door: the hotkey that signed its
 * request (Epistula's headers, for our hotkey), each request good once, at
 * whichever instance. Where the operator lets miners in that do not sign
 * (orchestrator.violet_keyless), one that comes with an API key is nobody in
 * particular.
 */
#ifndef ORCHESTRATOR_VIOLET_PROOF_H
#define ORCHESTRATOR_VIOLET_PROOF_H

struct http_req;
struct orchestrator;

/* Before a long body is read: on_likely is called, now or later, if the headers
 * name a hotkey of our subnet; else the request was refused, and then
 * on_refused is called. */
void violet_proof_expect(struct orchestrator *, struct http_req *,
    void (*on_likely)(void *arg), void (*on_refused)(void *arg), void *arg);

/*
 * on_proven is called once, now or later: with the hotkey, or NULL for a miner
 * that need not prove who it is. Not at all if the request was refused: then
 * on_refused is, after that. digest: the body's SHA-256 in hex; NULL: the
 * request has its body.
 */
void violet_prove(struct orchestrator *, struct http_req *, const char *digest,
    void (*on_proven)(const char *hotkey, void *arg),
    void (*on_refused)(void *arg), void *arg);

#endif
