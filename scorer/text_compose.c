/* A row for each mark: the letters that take it, and what they become. */
#include "scorer/text_compose.h"

#include <stddef.h>
#include <uchar.h>

enum { GRAVE = 0x300, ACUTE = 0x301, VOICED = 0x3099, HALF_VOICED = 0x309a };

static const struct {
	uint32_t mark;
	const char32_t *letters, *composed; /* side by side */
} marks[] = {
    {GRAVE,
	U"aeiounwyü"
	U"еи",
	U"àèìòùǹẁỳǜ"
	U"ѐѝ"},
    {ACUTE,
	U"aeiouycgklmnprswzüæøå"
	U"гк",
	U"áéíóúýćǵḱĺḿńṕŕśẃźǘǽǿǻ"
	U"ѓќ"},
    {0x302, U"aeioucghjswyz", U"âêîôûĉĝĥĵŝŵŷẑ"}, /* circumflex */
    {0x303, U"aeiounvy", U"ãẽĩõũñṽỹ"},		 /* tilde */
    {0x304,
	U"aeiouyægü"
	U"иу",
	U"āēīōūȳǣḡǖ"
	U"ӣӯ"}, /* macron */
    {0x306,
	U"aeiogu"
	U"аежиу",
	U"ăĕĭŏğŭ"
	U"ӑӗӂйў"},					       /* breve */
    {0x307, U"abcdefghimnoprstwxyz", U"ȧḃċḋėḟġḣiṁṅȯṗṙṡṫẇẋẏż"}, /* dot */
    {0x308,
	U"aeiouyhwxt"
	U"аежзиоуэыі",
	U"äëïöüÿḧẅẍẗ"
	U"ӓёӝӟӥӧӱӭӹї"},	       /* diaeresis */
    {0x30a, U"auwy", U"åůẘẙ"}, /* ring */
    {0x30b,
	U"ou"
	U"у",
	U"őű"
	U"ӳ"},						   /* double acute */
    {0x30c, U"acdeghijklnorstuzü", U"ǎčďěǧȟǐǰǩľňǒřšťǔžǚ"}, /* caron */
    {0x326, U"st", U"șț"},				   /* comma below */
    {0x327, U"cdeghklnrst", U"çḑȩģḩķļņŗşţ"},		   /* cedilla */
    {0x328, U"aeiou", U"ąęįǫų"},			   /* ogonek */
    {VOICED,
	U"うかきくけこさしすせそたちつてとはひふへほゝ"
	U"ウカキクケコサシスセソタチツテトハヒフヘホワヰヱヲヽ",
	U"ゔがぎぐげござじずぜぞだぢづでどばびぶべぼゞ"
	U"ヴガギグゲゴザジズゼゾダヂヅデドバビブベボヷヸヹヺヾ"},
    {HALF_VOICED,
	U"はひふへほ"
	U"ハヒフヘホ",
	U"ぱぴぷぺぽ"
	U"パピプペポ"},
};

/* Hangul by its order: a syllable for each first, middle and last jamo. */
enum {
	SYLLABLES = 0xac00,
	SYLLABLES_END = 0xd7a4,
	FIRSTS = 0x1100,
	N_FIRSTS = 19,
	MIDDLES = 0x1161,
	N_MIDDLES = 21,
	LASTS = 0x11a7, /* none: the first that is written is one further */
	N_LASTS = 28,
};

static uint32_t
compose_hangul(uint32_t before, uint32_t jamo)
{
	if (before >= FIRSTS && before < FIRSTS + N_FIRSTS && jamo >= MIDDLES &&
	    jamo < MIDDLES + N_MIDDLES)
		return SYLLABLES +
		       ((before - FIRSTS) * N_MIDDLES + (jamo - MIDDLES)) *
			   N_LASTS;
	if (before >= SYLLABLES && before < SYLLABLES_END &&
	    (before - SYLLABLES) % N_LASTS == 0 && jamo > LASTS &&
	    jamo < LASTS + N_LASTS)
		return before + (jamo - LASTS);
	return 0;
}

uint32_t
text_compose(uint32_t letter, uint32_t mark)
{
	for (size_t m = 0; m < sizeof(marks) / sizeof(marks[0]); m++) {
		const char32_t *letters = marks[m].letters;

		if (marks[m].mark != mark)
			continue;
		for (size_t i = 0; letters[i] != 0; i++) {
			if (letters[i] == letter)
				return marks[m].composed[i];
		}
	}
	if ((mark == GRAVE || mark == ACUTE) && letter >= 0x400 &&
	    letter < 0x530)
		return letter;
	return compose_hangul(letter, mark);
}
