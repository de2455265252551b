/*
 * The English word list of BIP39, in its order. Each word is padded with
 * zeros, so that two can be compared over their whole length.
 */
#ifndef SUBTENSOR_BIP39_WORDS_H
#define SUBTENSOR_BIP39_WORDS_H

enum { BIP39_WORDS = 2048, BIP39_WORD_SIZE = 9 };

extern const char bip39_words[BIP39_WORDS][BIP39_WORD_SIZE];

#endif
