/*
 * What each miner was to expect of the latest draws, and what it got: GET
 * /v1/page/shares. Every receipt is drawn again (replay.h), a few in each turn
 * of the loop; what came of it is kept for a while, and made once for all who
 * ask meanwhile.
 *
 * It is a sample: of a router that follows its own formula, 99 in 100 miners
 * lie within their band.
 */
#ifndef ORCHESTRATOR_PAGE_SHARES_H
#define ORCHESTRATOR_PAGE_SHARES_H

struct http_req;
struct orchestrator;
struct page_shares;

struct page_shares *page_shares_new(struct orchestrator *);
void page_shares_free(struct page_shares *); /* NULL is fine */

void page_shares_reply(struct page_shares *, struct http_req *);

#endif
