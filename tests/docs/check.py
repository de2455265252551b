"""Holds every page against what there is.

usage: check.py BUILD_DIR    (from the project's folder)

Prints file:line: what of each fault, then a line of what was looked at; exit 1
if there was a fault. tests/docs/planted.md has faults of every sort, each
with what must be said of it: unless just those are found there, this program
is wrong, and says so.
"""

import collections
import fnmatch
import os
import re
import sys

import commands
import pages
from facts import Facts

PLANTED = "tests/docs/planted.md"
SECTIONS = ("db|redis|subtensor|wallet|logging|orchestrator|validator|"
            "weightsetter|signer|subnetctl")
FOLDERS = ("common|deploy|docs|orchestrator|scorer|signer|sql|subnetctl|"
           "subtensor|tests|validator|weightsetter")
KEY = re.compile(rf"({SECTIONS})\.([a-z][a-z0-9_]*[a-z0-9*_])(?: ?= ?.*)?")
FILE = re.compile(rf"(?:{FOLDERS})/[\w./*-]*")
METRIC = re.compile(r"((?:subnetd|signer)_[a-z0-9_]+)(?:\{.*\})?")
ROUTE = re.compile(r"(?:(GET|POST|PUT|PATCH|DELETE|HEAD) )?(/v1/[^\s?`]*)(\?.*)?")
LONE = re.compile(r"[\w-]+\.(?:c|h|sql|ini|json|yml|yaml|service|target)")
EVENT = re.compile(r"([a-z_]+)\.([a-z_]+)(?: [a-z_]+=.*)?")
CALLED = re.compile(r"https?://127\.0\.0\.1:8000(/v1/[\w/.-]*[\w-])")
ENV = re.compile(r"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=.*)?")
# Names of other projects, of which the sources have nothing.
OTHERS = {"MHD_OPTION_STRICT_FOR_CLIENT", "inference_jobs.json"}
EXTENSIONS = ("", ".c", ".h", ".sql", ".md")


def key_fault(facts, span):
    found = KEY.fullmatch(span)
    if not found:
        return None
    name = f"{found[1]}.{found[2]}"
    if name in facts.strings or re.search(r"\.(c|h|sock|md)$", name):
        return None
    if fnmatch.filter(facts.all_keys, name.rstrip("_") + "*"
                      if name.endswith("_") else name):
        return None
    return f"there is no key {name}"


def file_fault(facts, span, page):
    """A path from the project's folder, or from the page's."""
    span = span.split(":")[0]
    if not FILE.fullmatch(span) or re.search(r"[A-Z]{2,}", span.split("/")[-1]
                                             .replace("README", "")):
        return None
    folder = os.path.dirname(page)
    for base in ("", folder, "tests"):
        for extension in EXTENSIONS:
            path = os.path.normpath(os.path.join(base, span + extension))
            if fnmatch.filter(facts.files, path) or (facts.root / path).is_dir():
                return None
    if any(f"{span}/".startswith(f"{name}/") for name in facts.ignored):
        return None
    return f"there is no file {span}"


def lone_file_fault(facts, span):
    """A file without its folder: there is one, or a source speaks of it."""
    if LONE.fullmatch(span) and not re.search(r"_(x|name)\.", span) and (
            span not in facts.basenames | facts.named | OTHERS):
        return f"there is no file {span}"
    return None


def metric_fault(facts, span):
    found = METRIC.fullmatch(span)
    if not found or found[1].endswith("_"):
        return None
    name = re.sub(r"_(bucket|sum|count)$", "", found[1])
    if {name, found[1]} & facts.metrics:
        return None
    return f"there is no metric {found[1]}"


def route_fault(facts, span):
    found = ROUTE.fullmatch(span)
    if not found or re.search(r"[A-Z.…*]", found[2]):
        return None
    path = re.sub(r"\{[^}]*\}", "{}", found[2]).rstrip("/")
    if path in facts.routes:
        method = {"HEAD": "get"}.get(found[1], (found[1] or "").lower())
        return None if not method or method in facts.routes[path] else (
            f"{found[2]} does not take {found[1]}")
    if any(p.startswith(path + "/") for p in facts.routes):
        return None
    if re.search(f'"{re.escape(found[2])}["/?%]', facts.c):
        return None
    return f"there is no route {found[2]}"


def event_fault(facts, span):
    """An event of the log by its subject; columns and files look like one."""
    found = EVENT.fullmatch(span)
    if not found or found[1] not in facts.subjects or (
            re.fullmatch(SECTIONS, found[1])):
        return None
    name = f"{found[1]}.{found[2]}"
    if name in facts.all_strings or name.endswith(".bin") or (
            found[2] in facts.sql_words or name in facts.basenames):
        return None
    return f"there is no event {name}"


def name_fault(facts, span):
    """Variables of the environment, views, targets of the Makefile."""
    found = ENV.fullmatch(span)
    if found and found[1] not in facts.env | OTHERS:
        return f"nothing reads {found[1]}"
    found = re.fullmatch(r"dash_v1\.(\w+)", span)
    if found and found[1] not in facts.views:
        return f"there is no view {span}"
    found = re.match(r"(?:\w+=\S+ )*make(?: -\S+| \w+=\S+)* ([a-z][a-z-]*)$",
                     span)
    if found and found[1] not in facts.targets:
        return f"make has no target {found[1]}"
    return None


def span_faults(facts, page, seen):
    for line, span in page.spans:
        for kind, fault in (("keys", key_fault(facts, span)),
                            ("paths", file_fault(facts, span, page.path)),
                            ("paths", lone_file_fault(facts, span)),
                            ("metrics", metric_fault(facts, span)),
                            ("routes", route_fault(facts, span)),
                            ("events", event_fault(facts, span)),
                            ("names", name_fault(facts, span))):
            seen[kind] += fault is None
            if fault:
                yield line, fault
        for unit in unit_faults(facts, span):
            yield line, unit
        for program, rest in commands.in_code(span):
            seen["commands"] += 1
            for fault in commands.faults(facts, program, rest, True):
                yield line, fault


def ini_faults(facts, page, seen):
    """Keys under sections of ours; other programs' ini files have others."""
    section = None
    for line, language, text in page.code:
        if language != "ini":
            section = None
            continue
        head = re.fullmatch(r"\[([\w]+)\]", text.strip())
        key = re.match(r"([a-z_]+) *=", text)
        if head:
            section = head[1] if re.fullmatch(SECTIONS, head[1]) else None
        elif key and section:
            seen["keys"] += 1
            if f"{section}.{key[1]}" not in facts.all_keys:
                yield line, f"there is no key {section}.{key[1]}"


def unit_faults(facts, text):
    for unit in re.findall(r"(?<![\w./-])subnetd-[a-z]+(?![\w-])", text):
        if unit not in facts.units:
            yield f"there is no unit {unit}"


def named_faults(facts, text):
    """What code of any language names: views, units, routes as they are
    called."""
    yield from unit_faults(facts, text)
    for name in re.findall(r"\bdash_v1\.(\w+)", text):
        if name not in facts.views:
            yield f"there is no view dash_v1.{name}"
    for path in CALLED.findall(text):
        fault = route_fault(facts, path)
        if fault:
            yield fault


def code_faults(facts, page, seen):
    for line, language, text in pages.joined(page.code):
        for fault in named_faults(facts, text):
            yield line, fault
        if language not in ("", "sh", "bash", "console"):
            continue
        for program, rest in commands.in_code(text):
            seen["commands"] += 1
            for fault in commands.faults(facts, program, rest, False):
                yield line, fault
        for path in re.findall(rf"(?:^|\s)((?:{FOLDERS})/[\w./-]+)", text):
            fault = file_fault(facts, path, page.path)
            seen["paths"] += 1
            if fault:
                yield line, fault
        target = name_fault(facts, re.sub(r"\s+#.*", "", text))
        if target and target.startswith("make "):
            yield line, target
    yield from ini_faults(facts, page, seen)


def link_faults(facts, page, all_pages, seen):
    for line, target in page.links:
        seen["links"] += 1
        if re.match(r"(https://|http://|mailto:)", target):
            continue
        path, _, anchor = target.partition("#")
        whole = os.path.normpath(os.path.join(os.path.dirname(page.path), path)
                                 ) if path else page.path
        if not (facts.root / whole).exists():
            yield line, f"the link leads nowhere: {target}"
        elif anchor and whole in all_pages and (
                anchor not in all_pages[whole].anchors):
            yield line, f"the link's page has no such heading: {target}"


def faults_of(facts, page, all_pages, seen):
    yield from span_faults(facts, page, seen)
    yield from code_faults(facts, page, seen)
    yield from link_faults(facts, page, all_pages, seen)


def missing(facts, all_pages):
    """What must be told of somewhere, and is not."""
    index = all_pages.get("docs/README.md")
    if index is None:
        yield "docs/README.md", 1, "is missing"
        return
    linked = {os.path.normpath(os.path.join("docs", t.split("#")[0]))
              for _, t in index.links}
    for path in sorted(all_pages):
        if re.fullmatch(r"docs/[^/]+\.md", path) and path != index.path and (
                path not in linked):
            yield index.path, 1, f"does not link to {path}"
    alerts = all_pages["docs/alerts.md"]
    for alert in facts.alerts:
        if alert.lower() not in alerts.anchors:
            yield alerts.path, 1, f"has no heading for the alert {alert}"
    told = {t for _, t in alerts.spans}
    for event in facts.errors:
        if event not in told:
            yield alerts.path, 1, f"does not tell of the error {event}"
    every = "\n".join(t for p in all_pages.values() for _, _, t in p.code) + (
        "\n".join(t for p in all_pages.values() for _, t in p.spans))
    heads = "\n".join(all_pages["docs/subnetctl.md"].headings)
    for command in sorted(facts.commands):
        words = " ".join(command)
        if f"subnetctl {words}" not in every and words not in heads:
            yield ("docs/subnetctl.md", 1,
                   f"no page tells of subnetctl {words}")


def planted_is_found(facts, all_pages):
    """Does this program see what it is there to see?"""
    text = (facts.root / PLANTED).read_text()
    page = pages.parse(PLANTED, text)
    wanted = [(n, what) for n, line in enumerate(text.splitlines(), 1)
              for what in re.findall(r"<!-- finds: (.*?) -->", line)]
    got = sorted(faults_of(facts, page, all_pages, collections.Counter()))
    for n, what in sorted(set(wanted) - set(got)):
        print(f"{PLANTED}:{n}: not found: {what}")
    for n, what in sorted(set(got) - set(wanted)):
        print(f"{PLANTED}:{n}: found, and is no fault: {what}")
    return sorted(set(wanted)) == sorted(set(got)) and wanted != []


def main():
    facts = Facts(".", sys.argv[1])
    all_pages = {p: pages.parse(p, (facts.root / p).read_text())
                 for p in facts.files if p.endswith(".md") and p != PLANTED}
    sound = planted_is_found(facts, all_pages)
    seen, found = collections.Counter(), 0
    for path, page in sorted(all_pages.items()):
        for line, what in sorted(faults_of(facts, page, all_pages, seen)):
            print(f"{path}:{line}: {what}")
            found += 1
    for path, line, what in missing(facts, all_pages):
        print(f"{path}:{line}: {what}")
        found += 1
    print(f"docs-check: {len(all_pages)} pages, {seen['links']} links, "
          f"{seen['commands']} commands: {found or 'nothing'} found")
    sys.exit(1 if found or not sound else 0)


main()
