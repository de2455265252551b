/*
 * Violet's clients give us tasks: POST /api/v1/transcription and the like,
 * each a form with a text or a file.
 *
 * The form is checked as Violet's own said it would, and ordered as a job of
 * the type's kind; the answer comes when that is committed. Bad input is 400
 * with a sentence, whatever is wrong with it.
 */
#ifndef ORCHESTRATOR_VIOLET_FORM_H
#define ORCHESTRATOR_VIOLET_FORM_H

struct http_req;

void violet_form_transcription(struct http_req *, void *orchestrator);
void violet_form_tts(struct http_req *, void *orchestrator);
void violet_form_summarization(struct http_req *, void *orchestrator);
void violet_form_video(struct http_req *, void *orchestrator);
void violet_form_text(struct http_req *, void *orchestrator);
void violet_form_document(struct http_req *, void *orchestrator);
void violet_form_enhancement(struct http_req *, void *orchestrator);

#endif
