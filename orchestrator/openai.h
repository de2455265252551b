/*
 * The OpenAI door: requests and answers in the shapes that OpenAI's SDKs
 * speak, each an ordinary job underneath. docs/openai.md says what is taken.
 */
#ifndef ORCHESTRATOR_OPENAI_H
#define ORCHESTRATOR_OPENAI_H

#include "common/http_server.h"

extern const struct http_route openai_routes[];

/* In openai_audio.c, openai_speech.c and openai_images.c. */
void openai_transcribe(struct http_req *, void *orchestrator);
void openai_translate(struct http_req *, void *orchestrator);
void openai_speak(struct http_req *, void *orchestrator);
void openai_generate(struct http_req *, void *orchestrator);
void openai_edit(struct http_req *, void *orchestrator);
void openai_show_image(struct http_req *, void *orchestrator);

#endif
