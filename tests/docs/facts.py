"""What there is: the tree, the programs' keys and commands, and what the
sources name. Everything a page may speak of, as sets."""

import json
import os
import re
import subprocess
from pathlib import Path

PROGRAMS = ("orchestratord", "validatord", "weightsetterd", "signerd",
            "subnetctl")
SKIP = {".git", "node_modules", "__pycache__"}
TEXT = (".c", ".h", ".sql", ".py", ".sh", ".mjs", ".js", ".json", ".ini",
        ".yaml", ".yml", ".example", ".service", ".target")
ENV = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")


def walk(root):
    """Paths of all files, relative; builds and packages of others apart."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(n for n in names if n not in SKIP
                          and not (folder == str(root) and n.startswith("build")))
        for name in sorted(files):
            yield os.path.relpath(os.path.join(folder, name), root)


def is_source(path):
    name = os.path.basename(path)
    return path.endswith(TEXT) or "." not in name


def run(build, program, word):
    return subprocess.run([f"{build}/bin/{program}", word], check=True,
                          capture_output=True, text=True).stdout


def read_keys(build):
    """{program: {key: type}}"""
    keys = {}
    for program in PROGRAMS:
        rows = [line.split("\t") for line in
                run(build, program, "--keys").splitlines()]
        keys[program] = {row[0]: row[1] for row in rows}
    return keys


def commands_of(usage):
    """Tuples of one or two words, by the lines of a usage."""
    found = set()
    for line in usage.splitlines():
        words = re.match(r"  ([a-z][a-z0-9-]*)(?: ([a-z][a-z0-9-]*))?(?=[ \n]|$)",
                         line.split("   ")[0] if line.startswith("  ") and
                         not line.startswith("   ") else "")
        if words:
            found.add(tuple(w for w in words.groups() if w))
    return found


class Facts:
    def __init__(self, root, build):
        self.root = Path(root)
        self.files = list(walk(root))
        self.basenames = {os.path.basename(p) for p in self.files}
        self.keys = read_keys(build)
        self.all_keys = {k for keys in self.keys.values() for k in keys}
        usage = run(build, "subnetctl", "help")
        self.commands = commands_of(usage) | {("help",)}
        self.flags = set(re.findall(r"--([a-z][a-z0-9_-]*)", usage))
        self.ignored = {line.strip().lstrip("/").rstrip("/") for line in
                        (self.root / ".gitignore").read_text().splitlines()}
        self.read_sources()
        self.read_routes()

    def read_sources(self):
        texts = {p: (self.root / p).read_text(errors="replace")
                 for p in self.files
                 if is_source(p) and not p.startswith("tests/docs/")}
        everything = "\n".join(texts.values())
        self.units = set(re.findall(r"\bsubnetd-[a-z]+", "\n".join(
            [t for p, t in texts.items() if not p.startswith("tests/")]
            + self.files)))
        self.named = set(re.findall(r"[\w-]+(?:\.[\w-]+)+", everything))
        c = self.c = "\n".join(t for p, t in texts.items() if p.endswith(".c")
                               and not p.startswith("tests/"))
        self.env = set(ENV.findall(everything))
        self.env |= {"SUBNETD_" + k.upper().replace(".", "_")
                     for k in self.all_keys}
        self.strings = set(re.findall(r'"([a-z_]+\.[a-z_.]+)"', c))
        self.all_strings = set(re.findall(r'"([a-z_]+\.[a-z_.]+)"', everything))
        logged = re.findall(r'log_(\w+)\(\s*"([a-z_]+\.[a-z_.]+)"', c)
        self.errors = sorted({name for level, name in logged
                              if level == "error"})
        self.subjects = {name.split(".")[0] for _, name in logged}
        self.metrics = set(re.findall(r'\b((?:subnetd|signer)_[a-z0-9_]+)', c))
        sql = "\n".join(t for p, t in texts.items()
                        if p.startswith("sql/migrations/"))
        self.views = set(re.findall(
            r"(?:view|function|aggregate) dash_v1\.(\w+)", sql, re.I))
        self.sql_words = set(re.findall(r"[a-z_]+", sql))
        self.targets = set(re.findall(r"^([a-z][a-z-]*):", texts["Makefile"],
                                      re.M))
        rules = texts.get("deploy/prometheus/rules.yml", "")
        self.alerts = re.findall(r"^\s*- alert: *(\w+)", rules, re.M)

    def read_routes(self):
        """{path, its parameters as {}: methods}"""
        self.routes = {}
        for part in sorted((self.root / "orchestrator/openapi").glob("*.json")):
            paths = json.loads(part.read_text()).get("paths", {})
            for path, item in paths.items():
                self.routes.setdefault(re.sub(r"\{[^}]*\}", "{}", path),
                                       set()).update(item)
