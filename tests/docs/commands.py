"""Commands as pages write them, held against the programs.

Words of a usage are understood: placeholders in capitals, [what may be left
out], a|b. Pure: facts are an argument.
"""

import re

from facts import PROGRAMS

EVERY_PROGRAM = {"help", "version", "keys"}
PLACEHOLDERS = {"flag", "key"}
START = re.compile(r"(?:^|[;&|(]\s*|(?:\b(?:do|then|sudo|exec)|(?<=\s)--)\s+)"
                   r"(?:[\w./$-]*/)?(" + "|".join(PROGRAMS) + r")(?=\s|$)")
# The service of deploy/compose.yaml that is subnetctl.
CTL = re.compile(r"\bdocker compose\b[^|;&]*? run --rm ctl(?=\s|$)")


def in_code(line):
    """(program, the rest) of each of our programs that a line of code runs."""
    line = re.sub(r"(?:^|\s)#.*", "", line)
    line = CTL.sub("; subnetctl", re.sub(r"^\$ ", "", line.strip()))
    found = list(START.finditer(line))
    for here, after in zip(found, found[1:] + [None]):
        rest = line[here.end():after.start() if after else len(line)]
        yield here[1], re.split(r";|\s[<>&]|\s2>|\$?\)$", rest)[0]


def flag_faults(facts, program, rest):
    own = {k.split(".", 1)[1] for k in facts.keys[program] if "." in k}
    for flag in re.findall(r"(?<![\w-])--([a-z][a-z0-9_.-]*)", rest):
        flag = flag.rstrip(".-")
        known = (flag in own | EVERY_PROGRAM | PLACEHOLDERS
                 or flag in facts.all_keys)
        if not known and not (program == "subnetctl" and flag in facts.flags):
            yield f"{program} has no flag --{flag}"


def words_of(facts, rest):
    """A command's own words: up to what is no plain word, without flags."""
    tokens, words = rest.split(), []
    while tokens:
        token = tokens.pop(0)
        if token == "-c":
            tokens[:1] = []
        elif token.startswith("--"):
            name = token[2:].split("=")[0]
            types = facts.keys["subnetctl"]
            kind = types.get(name, types.get("subnetctl." + name))
            if "=" not in token and kind != "bool":
                tokens[:1] = []
        elif re.fullmatch(r"[a-z][a-z0-9|-]*", token):
            words.append(token)
        else:
            break
    return words


def is_command(facts, words, partly):
    pair = tuple(words[:2])
    if pair in facts.commands or pair[:1] in facts.commands:
        return True
    return partly and len(words) == 1 and any(
        c[0] == words[0] for c in facts.commands)


def word_faults(facts, rest, partly):
    """partly: `subnetctl jobs` may stand for all its commands."""
    words = words_of(facts, rest)
    if not words:
        return
    for first in words[0].split("|"):
        for second in (words[1] if len(words) > 1 else "").split("|"):
            told = [first] + ([second] if second else [])
            if not is_command(facts, told, partly):
                yield f"there is no command subnetctl {' '.join(told)}"


def faults(facts, program, rest, partly):
    # Behind a wide gap stands what a listing says of the command.
    yield from flag_faults(facts, program, rest)
    if program == "subnetctl":
        yield from word_faults(facts, re.split(r"\s{3,}", rest)[0], partly)
