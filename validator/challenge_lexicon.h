/*
 * Words and the frames they are put into, a language each. Constant tables:
 * what is made of them is challenge_sentence.c's.
 */
#ifndef VALIDATOR_CHALLENGE_LEXICON_H
#define VALIDATOR_CHALLENGE_LEXICON_H

/*
 * A frame is a sentence with slots: a capital letter behind % stands for a
 * word of that list. What is not spoken as it is written (espeak-ng reads kana
 * and pinyin, but not kanji and hanzi) is a word "written|spoken", and in a
 * frame "{written|spoken}".
 */
struct challenge_list {
	char slot;
	const char *const *words; /* ends with NULL */
};

struct challenge_lexicon {
	const char *language;	    /* two letters */
	double letters_per_s;	    /* written, at the usual speed */
	const char *const *phrases; /* short and whole; ends with NULL */
	const char *const *frames;  /* likewise */
	const struct challenge_list *lists; /* ends with slot 0 */
};

extern const struct challenge_lexicon challenge_lexicons[];
extern const int n_challenge_lexicons;

/* English has a file of its own. */
extern const char *const challenge_english_phrases[];
extern const char *const challenge_english_frames[];
extern const struct challenge_list challenge_english_lists[];

#endif
