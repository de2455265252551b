/*
 * The OpenAI door: requests and answers in the shapes that OpenAI's SDKs
 * speak, each an ordinary job underneath. docs/openai.md says what is taken.
 */
#ifndef ORCHESTRATOR_OPENAI_H
#define ORCHESTRATOR_OPENAI_H

struct http_req;

/* In openai_audio.c, openai_speech.c, openai_images.c and openai.c. */
void openai_transcribe(struct http_req *, void *orchestrator);
void openai_translate(struct http_req *, void *orchestrator);
void openai_speak(struct http_req *, void *orchestrator);
void openai_generate(struct http_req *, void *orchestrator);
void openai_edit(struct http_req *, void *orchestrator);
void openai_show_image(struct http_req *, void *orchestrator);
void openai_list_models(struct http_req *, void *orchestrator);
void openai_show_model(struct http_req *, void *orchestrator);

#endif
