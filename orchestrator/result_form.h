/*
 * What a miner's callback says, native or Dippy's: a form or a JSON body that
 * was read whole, as an arrival. Pure.
 */
#ifndef ORCHESTRATOR_RESULT_FORM_H
#define ORCHESTRATOR_RESULT_FORM_H

struct arrival;
struct form;

/* Fills in what the miner says of its result; the file is taken. */
void result_form_take(struct form *, struct arrival *);

#endif
