"""A page of Markdown taken apart: code, words in backquotes, links, headings.

Pure: text in, lists out; line numbers count from 1.
"""

import re
from dataclasses import dataclass, field

FENCE = re.compile(r"^\s*(```+)\s*(\w*)")
INDENTED = re.compile(r"^(    |\t)\S")
HEADING = re.compile(r"^(#{1,6}) +(.*?) *#*$")
SPAN = re.compile(r"(`+)(.+?)\1", re.S)
LINK = re.compile(r"\]\(([^()\s]+)\)")


@dataclass
class Page:
    """Code is (line, language, text), spans and links are (line, text)."""
    path: str
    code: list = field(default_factory=list)
    spans: list = field(default_factory=list)
    links: list = field(default_factory=list)
    headings: list = field(default_factory=list)
    anchors: set = field(default_factory=set)


def slug(heading):
    """The anchor that GitHub gives a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def split_code(page, lines):
    """Code goes to page.code; what is returned has blank lines in its place."""
    prose, fence, language = [], None, ""
    for n, line in enumerate(lines, 1):
        mark = FENCE.match(line)
        if fence is None and mark:
            fence, language = mark[1], mark[2]
            prose.append("")
        elif fence is not None:
            if line.strip() == fence:
                fence = None
            else:
                page.code.append((n, language, line))
            prose.append("")
        elif INDENTED.match(line):
            page.code.append((n, "", line.strip()))
            prose.append("")
        else:
            prose.append(line)
    return prose


def add_headings(page, prose):
    for line in prose:
        found = HEADING.match(line)
        if not found:
            continue
        page.headings.append(found[2])
        anchor, n = slug(found[2]), 0
        while anchor + (f"-{n}" if n else "") in page.anchors:
            n += 1
        page.anchors.add(anchor + (f"-{n}" if n else ""))


def parse(path, text):
    page = Page(path)
    prose = split_code(page, text.splitlines())
    add_headings(page, prose)
    whole = "\n".join(prose)
    for found in SPAN.finditer(whole):
        if "\n\n" not in found[2]:
            line = whole.count("\n", 0, found.start()) + 1
            page.spans.append((line, " ".join(found[2].split())))
    bare = SPAN.sub(lambda m: re.sub(r"[^\n]", "x", m[0]), whole)
    for found in LINK.finditer(bare):
        page.links.append((bare.count("\n", 0, found.start()) + 1, found[1]))
    return page


def joined(code):
    """Lines of code with those that a backslash continues in one."""
    out, begun = [], None
    for n, language, text in code:
        if begun:
            n, text = begun[0], begun[2] + " " + text.strip()
            begun = None
        if text.endswith("\\"):
            begun = (n, language, text[:-1].rstrip())
        else:
            out.append((n, language, text))
    return out
