/*
 * Violet's miners bring what they made of their tasks: POST
 * /api/v1/miner/response, and the upload routes of the types.
 *
 * A result goes through here in this order: the bytes, who brings it, the
 * attempt's row (only who was given the task, only its type), and then it is
 * kept as any other's is (accept.h): once, and late if it is late.
 */
#ifndef ORCHESTRATOR_VIOLET_RESPONSE_H
#define ORCHESTRATOR_VIOLET_RESPONSE_H

struct http_req;

void violet_response_any(struct http_req *, void *orchestrator);
void violet_response_tts(struct http_req *, void *orchestrator);
void violet_response_enhancement(struct http_req *, void *orchestrator);
void violet_response_video(struct http_req *, void *orchestrator);
void violet_response_text(struct http_req *, void *orchestrator);
void violet_response_document(struct http_req *, void *orchestrator);

#endif
