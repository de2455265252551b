"""What other implementations make of a pair of texts.

Each judge takes a pair and gives its value, or None where it is known to
differ or to be too slow; its rule for that is said beside it.
"""

import difflib
import math
import re
import string
import unicodedata
import warnings

import Levenshtein
from nltk.metrics.distance import edit_distance
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
from nltk.translate.chrf_score import chrf_precision_recall_fscore_support
from nltk.util import ngrams

warnings.filterwarnings("ignore", module="nltk")

# nltk's edit_distance is a table in Python: this many cells at the most.
MOST_CELLS = 3000


# -- texts -------------------------------------------------------------------

def normalise(text, apart=False):
    """Our stated normalisation by CPython's tables of Unicode."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub("['’‘]", "", text)
    text = "".join(" " if unicodedata.category(c)[0] in "PSZ" else c for c in text)
    if apart:
        text = re.sub("([\u3041-\u309f\u30a1-\u30ff\u4e00-\u9fff])", r" \1 ", text)
    return " ".join(text.split())


def both(pair, prepare=lambda text: text):
    return prepare(pair["reference"]), prepare(pair["hypothesis"])


def apart(text):
    return normalise(text, apart=True)


def as_letters(a, b):
    """Two lists of words as texts of a letter for each word."""
    numbers = {word: chr(0x4e00 + i) for i, word in enumerate(dict.fromkeys(a + b))}
    return "".join(numbers[w] for w in a), "".join(numbers[w] for w in b)


# -- error rates -------------------------------------------------------------

def rate(distance, a, b):
    return distance(a, b) / len(a) if a else None


def wer_levenshtein(pair, prepare=lambda text: text):
    a, b = both(pair, prepare)
    return rate(Levenshtein.distance, *as_letters(a.split(), b.split()))


def wer_nltk(pair):
    a, b = (text.split() for text in both(pair))
    return rate(edit_distance, a, b) if len(a) * len(b) <= MOST_CELLS else None


def plain(text):
    return " ".join(text.split())


def cer_levenshtein(pair):
    return rate(Levenshtein.distance, *both(pair, plain))


def cer_nltk(pair):
    a, b = both(pair, plain)
    return rate(edit_distance, a, b) if len(a) * len(b) <= MOST_CELLS else None


def cer_without_spaces(pair):
    return rate(Levenshtein.distance, *both(pair, lambda t: normalise(t).replace(" ", "")))


# -- chrF --------------------------------------------------------------------

def mark_words(text):
    """Words, and one mark at the end or else at the beginning of each."""
    words = []
    for word in text.split():
        if len(word) > 1 and word[-1] in string.punctuation:
            words += [word[:-1], word[-1]]
        elif len(word) > 1 and word[0] in string.punctuation:
            words += [word[0], word[1:]]
        else:
            words.append(word)
    return words


def char_pieces(a, b):
    """Precision and recall of nltk, of the orders that both texts have."""
    a, b = re.sub(r"\s+", "", a), re.sub(r"\s+", "", b)
    orders = [n for n in range(1, 7) if len(a) >= n and len(b) >= n]
    return [chrf_precision_recall_fscore_support(a, b, n)[:2] for n in orders]


def word_pieces(a, b):
    """The same of words, by the formula, with nltk's n-grams."""
    a, b, pieces = mark_words(a), mark_words(b), []
    for n in (1, 2):
        left, right = list(ngrams(a, n)), list(ngrams(b, n))
        if left and right:
            common = sum(min(left.count(g), right.count(g)) for g in set(left))
            pieces.append((common / len(right), common / len(left)))
    return pieces


def f_score(pieces, beta):
    if not pieces:
        return 0.0
    p = sum(piece[0] for piece in pieces) / len(pieces)
    r = sum(piece[1] for piece in pieces) / len(pieces)
    return (1 + beta**2) * p * r / (beta**2 * p + r) if p > 0 and r > 0 else 0.0


def chrf(pair):
    return f_score(char_pieces(*both(pair)), 2)


def chrf_words(pair):
    return f_score(word_pieces(*both(pair)), 2)


def chrf_plus_plus(pair, prepare=lambda text: text, beta=2):
    a, b = both(pair, prepare)
    return f_score(char_pieces(a, b) + word_pieces(a, b), beta)


def chrf_normalised(pair):
    return chrf_plus_plus(pair, apart, 1)


# -- BLEU --------------------------------------------------------------------

def bleu(pair, smoothing, is_effective=False, prepare=lambda text: text, max_n=4):
    a, b = (text.split() for text in both(pair, prepare))
    n = max(1, min(max_n, len(b))) if is_effective else max_n
    return float(sentence_bleu([a], b, (1 / n,) * n, smoothing))


SMOOTHING = SmoothingFunction(epsilon=0.1)


def bleu_effective(pair):
    return bleu(pair, SMOOTHING.method3, True)


def bleu_none(pair):
    return bleu(pair, SMOOTHING.method0)


def bleu_epsilon(pair):
    return bleu(pair, SMOOTHING.method1)


def bleu_exp(pair):
    return bleu(pair, SMOOTHING.method3)


def bleu_normalised(pair):
    return bleu(pair, SMOOTHING.method3, True, apart, 2)


# -- others ------------------------------------------------------------------

def difflib_ratio(pair):
    return difflib.SequenceMatcher(None, pair["reference"], pair["hypothesis"]).ratio()
