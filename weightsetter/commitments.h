/*
 * What accounts committed to a subnet (CommitmentOf), and what of it was
 * revealed (RevealedCommitments), as rows.
 *
 * Pure. Everything goes by the runtime's metadata: a variant of Data that we
 * have never heard of is kept as it decodes. What does not decode is kept as
 * it came, with the reason: what a miner writes breaks nothing.
 *
 * A commitment's row is {hotkey, block, deposit, fields, text, hash,
 * reveal_round, address, data, decode_error}; null or missing is what it does
 * not have.
 *   fields        as subtensor/decode.h writes them: [{"Raw5": "0x.."}, ..]
 *   text          of the first raw field, if it is printable UTF-8
 *   hash          the first hash, "0x.."
 *   reveal_round  of the first timelocked field
 *   address       by address.h
 *   data          "0x..", only where it did not decode
 * A revealed one is {hotkey, revealed, data, decode_error}, revealed being
 * [{"block": 7, "data": "0x..", "text": ".."}, ..] in the chain's order.
 */
#ifndef WEIGHTSETTER_COMMITMENTS_H
#define WEIGHTSETTER_COMMITMENTS_H

#include <jansson.h>

struct metadata;

/* Of an account's value, "0x..". */
json_t *commitments_row(
    const struct metadata *, const char *hotkey, const json_t *hex);
json_t *commitments_revealed_row(
    const struct metadata *, const char *hotkey, const json_t *hex);

/* Bytes as text if they are printable UTF-8 and there are any; else NULL. */
json_t *commitments_text(const void *, size_t len);

#endif
