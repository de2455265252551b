"""Random pairs of texts in ten languages, the same at every run."""

import random
import unicodedata

SEED = 20250402

# Lower-case letters, and what stands between words beside a space.
LANGUAGES = {
    "en": ("abcdefghijklmnopqrstuvwxyz", ".,!?;:'\"()-…“”’"),
    "es": ("abcdefghijlmnopqrstuvyzñáéíóúü", ".,!?¿¡«»:;"),
    "fr": ("abcdefghijlmnopqrstuvxyzàâçéèêëîïôùûœ", ".,!?«»’:;—"),
    "de": ("abcdefghijklmnopqrstuvwzäöüß", ".,!?„“‚‘:;–"),
    "it": ("abcdefghilmnopqrstuvzàèéìòù", ".,!?«»’:;"),
    "pt": ("abcdefghijlmnopqrstuvxzãõáâàéêíóôúç", ".,!?“”:;"),
    "ru": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё", ".,!?«»—:;"),
    "ja": ("あいうえおかきくけこがぎぐさしすざじたちつてとだでなにのはひふばぱぴまみむもやゆよらりるれわをんっ"
           "アイウカキクガギサシスタチツトドナニノハパマミムメモラリルレロワンー日本語東京大学今天人山川水時間",
           "。、「」・！？（）"),
    "ko": ("가각간나낙다달라람마만바반사산아안자장차카타파하한글은는이가을를에서국", ".,!?“”·"),
    "zh": ("的一是不了在人有我他这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能",
           "。，、！？：；“”《》（）"),
}
UNSPACED = ("ja", "zh")


def _vocabulary(dice, language):
    letters, _ = LANGUAGES[language]
    longest = 3 if language in UNSPACED + ("ko",) else 9
    return ["".join(dice.choices(letters, k=dice.randint(1, longest))) for _ in range(60)]


def _words(dice, vocabulary, n):
    # Some often, most of them seldom; and runs of one word.
    words = []
    while len(words) < n:
        word = vocabulary[min(int(dice.expovariate(0.08)), len(vocabulary) - 1)]
        words += [word] * (dice.randint(2, 4) if dice.random() < 0.05 else 1)
    return words[:n]


def _spoilt_word(dice, word, letters):
    i = dice.randrange(len(word))
    return dice.choice([word[:i] + word[i + 1:], word[:i] + dice.choice(letters) + word[i + 1:],
                        word[:i] + dice.choice(letters) + word[i:]]) or word


def _spoilt(dice, words, vocabulary, letters):
    share, out = dice.choice([0.0, 0.05, 0.2, 0.6]), []
    for word in words:
        what = dice.randrange(5) if dice.random() < share else -1
        if what == 0:
            continue
        if what == 1:
            out.append(dice.choice(vocabulary))
        elif what == 2:
            out += [dice.choice(vocabulary), word]
        elif what == 3:
            out.append(_spoilt_word(dice, word, letters))
        elif what == 4 and out:
            out.insert(len(out) - 1, word)
        else:
            out.append(word)
    return out


def _dressed(dice, words, language):
    """As people write: capitals, marks, accents by themselves, no spaces."""
    _, marks = LANGUAGES[language]
    glue = "" if language in UNSPACED and dice.random() < 0.7 else " "
    words = [w + dice.choice(marks) if dice.random() < 0.15 else w for w in words]
    words = [dice.choice(marks) + w if dice.random() < 0.05 else w for w in words]
    words = [w.capitalize() if dice.random() < 0.15 and "ß" not in w else w for w in words]
    text = glue.join(words)
    if dice.random() < 0.3:
        text = unicodedata.normalize("NFD", text)
    if dice.random() < 0.1:
        text = "".join(chr(ord(c) + 0xfee0) if c.isascii() and c.isalnum() else c for c in text)
    return text


def _length(dice):
    kind = dice.random()
    if kind < 0.02:
        return 0
    if kind < 0.97:
        return dice.randint(1, 16)
    return dice.randint(60, 200)


def make_pairs(n):
    """n pairs: language, whether dressed, reference and hypothesis."""
    dice, pairs = random.Random(SEED), []
    languages = list(LANGUAGES)
    for k in range(n):
        language = languages[k % len(languages)]
        letters, _ = LANGUAGES[language]
        vocabulary = _vocabulary(dice, language)
        reference = _words(dice, vocabulary, _length(dice))
        hypothesis = (_words(dice, vocabulary, _length(dice)) if dice.random() < 0.15
                      else _spoilt(dice, reference, vocabulary, letters))
        if dice.random() < 0.02:
            hypothesis = []
        is_dressed = dice.random() < 0.5
        dress = _dressed if is_dressed else lambda _, words, __: " ".join(words)
        pairs.append({
            "language": language,
            "is_dressed": is_dressed,
            "reference": dress(dice, reference, language),
            "hypothesis": dress(dice, hypothesis, language),
        })
    return pairs
