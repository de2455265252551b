"""main.py BUILD_DIR [WHY_NO_NODE]: our text metrics against others', as TAP."""

import json
import os
import platform
import subprocess
import sys

import nltk

import judges
from pairs import SEED, make_pairs

PAIRS = 10000
NEAR = 1e-9
HERE = os.path.dirname(os.path.abspath(__file__))

NLTK = f"nltk {nltk.__version__}"
PY_LEVENSHTEIN = "python3-levenshtein"
PYTHON = f"CPython {platform.python_version()}"
NO_WORDS = "no words in the reference"
SLOW = f"{NO_WORDS}, or more than {judges.MOST_CELLS} cells"

# Our value's name, who judges it and how, and which pairs that leaves out.
JUDGES = [
    ("wer", PY_LEVENSHTEIN, judges.wer_levenshtein, NO_WORDS),
    ("wer", f"{NLTK} edit_distance", judges.wer_nltk, SLOW),
    ("wer_normalised", f"{PY_LEVENSHTEIN} and {PYTHON} unicodedata",
     lambda pair: judges.wer_levenshtein(pair, judges.apart), NO_WORDS),
    ("cer", PY_LEVENSHTEIN, judges.cer_levenshtein, NO_WORDS),
    ("cer", f"{NLTK} edit_distance", judges.cer_nltk, SLOW),
    ("cer_without_spaces", f"{PY_LEVENSHTEIN} and {PYTHON} unicodedata",
     judges.cer_without_spaces, NO_WORDS),
    ("chrf", f"{NLTK} chrf_precision_recall_fscore_support", judges.chrf, None),
    ("chrf_words", f"the formula, with {NLTK} ngrams", judges.chrf_words, None),
    ("chrf_plus_plus", f"{NLTK} for characters, the formula for words",
     judges.chrf_plus_plus, None),
    ("chrf_normalised", f"{NLTK}, the formula, and {PYTHON} unicodedata",
     judges.chrf_normalised, None),
    ("bleu", f"{NLTK} sentence_bleu, method3, of the orders there are",
     judges.bleu_effective, None),
    ("bleu_none", f"{NLTK} sentence_bleu, method0", judges.bleu_none, None),
    ("bleu_epsilon", f"{NLTK} sentence_bleu, method1", judges.bleu_epsilon, None),
    ("bleu_exp", f"{NLTK} sentence_bleu, method3", judges.bleu_exp, None),
    ("bleu_normalised", f"{NLTK} sentence_bleu, method3, and {PYTHON} unicodedata",
     judges.bleu_normalised, None),
    ("difflib", f"{PYTHON} difflib", judges.difflib_ratio, None),
    ("normalised", f"{PYTHON} unicodedata", lambda pair: judges.normalise(pair["reference"]), None),
    ("apart", f"{PYTHON} unicodedata", lambda pair: judges.apart(pair["reference"]), None),
]
NODE_JUDGES = [
    ("wer", "npm fastest-levenshtein", NO_WORDS),
    ("cer", "npm fastest-levenshtein", NO_WORDS),
    ("rouge_l", "npm js-rouge", "an empty text"),
    ("rouge_l_recall", "npm js-rouge", "an empty text"),
    ("rouge_l_normalised", f"npm js-rouge and {PYTHON} unicodedata", "an empty text"),
]


def ask(command, lines):
    """One answer a line from a program that is given all lines at once."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: status {done.returncode}: {done.stderr[-2000:]}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(lines), f"{command[0]}: {len(answers)} answers to {len(lines)}"
    return answers


class Tap:
    def __init__(self, planned):
        self.n, self.failed = 0, 0
        print(f"1..{planned}")

    def say(self, passed, text, details=()):
        self.n += 1
        self.failed += not passed
        print(f"{'ok' if passed else 'not ok'} {self.n} - {text}")
        for line in details:
            print(f"# {line}")
        sys.stdout.flush()


def agree(ours, theirs):
    if ours is None or isinstance(theirs, str):
        return ours == theirs
    return abs(ours - theirs) <= NEAR


def compare(tap, name, who, rule, pairs, ours, theirs):
    """Ours and theirs by pair; None of theirs is left out, and by rule only."""
    judged = [i for i, value in enumerate(theirs) if value is not None]
    wrong = [i for i in judged if not agree(ours[i][name], theirs[i])]
    left_out = len(pairs) - len(judged)
    text = f"{name}: {who} agrees in {len(judged) - len(wrong)} of {len(judged)} pairs"
    if left_out > 0:
        text += f" ({left_out} left out: {rule})"
    details = [f"{pairs[i]['language']}: ours {ours[i][name]!r}, theirs {theirs[i]!r}: "
               f"{json.dumps([pairs[i]['reference'], pairs[i]['hypothesis']], ensure_ascii=False)}"
               for i in wrong[:5]]
    enough = len(judged) >= PAIRS / 2 and (left_out == 0 or rule is not None)
    tap.say(not wrong and enough, text, details)


def refuses_what_has_no_words(tap, pairs, ours):
    """What is left out above is refused by us, and nothing else is."""
    empty = [not pair["reference"].split() for pair in pairs]
    wrong = [pair for pair, none, our in zip(pairs, empty, ours)
             if (our["wer"] is None) != none or (our["cer"] is None) != none]
    tap.say(not wrong and any(empty),
            f"wer, cer: no value for the {sum(empty)} references without words, for all others one",
            [json.dumps(pair, ensure_ascii=False) for pair in wrong[:5]])


def rouge_of_nothing_is_0(tap, pairs, ours):
    """The pairs that js-rouge does not take."""
    empty = [i for i, pair in enumerate(pairs)
             if not pair["reference"].split() or not pair["hypothesis"].split()]
    wrong = [i for i in empty if ours[i]["rouge_l"] != 0]
    tap.say(not wrong and bool(empty), f"rouge_l: 0 of the {len(empty)} pairs with an empty text",
            [json.dumps(pairs[i], ensure_ascii=False) for i in wrong[:5]])


def main():
    build, why_no_node = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    pairs = make_pairs(PAIRS)
    tap = Tap(len(JUDGES) + len(NODE_JUDGES) + 2)
    print(f"# {PAIRS} pairs, seed {SEED}")
    texts = [{"reference": p["reference"], "hypothesis": p["hypothesis"]} for p in pairs]
    ours = ask([os.path.join(build, "tests/agree/measure")], texts)
    for name, who, judge, rule in JUDGES:
        compare(tap, name, who, rule, pairs, ours, [judge(pair) for pair in pairs])
    refuses_what_has_no_words(tap, pairs, ours)
    rouge_of_nothing_is_0(tap, pairs, ours)
    if why_no_node:
        for name, who, _ in NODE_JUDGES:
            tap.say(True, f"{name}: {who} # SKIP {why_no_node}")
    else:
        for pair, text in zip(pairs, texts):
            text["apart"] = judges.both(pair, judges.apart)
        theirs = ask(["node", os.path.join(HERE, "judge.mjs")], texts)
        for name, who, rule in NODE_JUDGES:
            compare(tap, name, who, rule, pairs, ours, [answer[name] for answer in theirs])
    return 1 if tap.failed else 0


sys.exit(main())
