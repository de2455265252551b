"""deploy/compose.yaml with its variables put in, as compose does it."""

import os
import re

import yaml

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEPLOY = os.path.join(TOP, "deploy")
VARIABLE = re.compile(r"\$\{([A-Z_]+)(:?[-?])?([^}]*)\}")

# What an operator must fill in, beside what .env.example has.
FILLED = {"HOTKEY_FILE": "/nowhere/hotkey",
          "PUBLIC_URL": "https://orchestrator.example.org"}


def read_env(path):
    with open(path, encoding="utf-8") as lines:
        pairs = [line.rstrip("\n").split("=", 1) for line in lines
                 if "=" in line and not line.startswith("#")]
    return dict(pairs)


def example_env():
    return {**read_env(os.path.join(DEPLOY, ".env.example")), **FILLED}


def text_of(name):
    with open(os.path.join(DEPLOY, name), encoding="utf-8") as file:
        return file.read()


def variables(name="compose.yaml"):
    return {found[1] for found in VARIABLE.finditer(text_of(name))}


def put_in(text, env):
    """Refuses a ${NAME:?why} that is empty, as compose does."""
    def value(found):
        name, rule, rest = found[1], found[2] or "", found[3]
        given = env.get(name)
        if given or (given is not None and rule in ("-", "?")):
            return given
        if "?" in rule:
            raise ValueError(f"{name}: {rest}")
        return rest if "-" in rule else ""
    return VARIABLE.sub(value, text)


def read(env=None, name="compose.yaml"):
    return yaml.safe_load(put_in(text_of(name), env or example_env()))


def seconds(text):
    amount, unit = re.fullmatch(r"(\d+)(ms|s|m)", text).groups()
    return int(amount) * {"ms": 0.001, "s": 1, "m": 60}[unit]
