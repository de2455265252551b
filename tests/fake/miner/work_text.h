/*
 * Stand-ins for models that no package has: each says in its output that it
 * is one.
 */
#ifndef MINER_WORK_TEXT_H
#define MINER_WORK_TEXT_H

struct job;

/* {"text", "model"}: the first sentences, a third of the text at most. */
void work_summarize(struct job *);
/* {"text", "model"}: the same words behind the language's name. */
void work_translate(struct job *);
/* The same of a text file, as a file. */
void work_translate_document(struct job *);
/* A file that follows from the input and the prompt. */
void work_train(struct job *);

#endif
