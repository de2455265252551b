/*
 * Violet's leaderboard: its formula over what the latest scoring round found,
 * and beside it what counts. docs/violet.md has the formula.
 */
#ifndef ORCHESTRATOR_VIOLET_BOARD_H
#define ORCHESTRATOR_VIOLET_BOARD_H

struct http_req;

void violet_board(struct http_req *, void *orchestrator);
void violet_board_one(struct http_req *, void *orchestrator);

#endif
