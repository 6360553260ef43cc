"""The texts: prose of the Python language reference, which every Python brings along for its `help()`."""
from __future__ import annotations

import re
from typing import Iterator, NamedTuple

from pydoc_data.topics import topics

LENGTH = 60  # words

# Topics that contain each other ("compound" has "if", "while", "try", ...) appear once.
DOMAINS = {
    "lexis": "identifiers id-classes strings numbers integers floating imaginary atom-literals formatstrings",
    "expressions": "atom-identifiers attribute-references subscriptions slicings calls power unary binary shifting bitwise "
    "comparisons booleans lambda exprlists operator-summary lists dict conversions",
    "statements": "assert assignment augassign del pass return raise break continue import global nonlocal compound",
    "objects": "objects types specialnames",
    "builtins": "string-methods typesseq typesmapping typesmethods typesmodules truth",
    "execution": "execmodel exceptions dynamic-features debugger",
}


class Passage(NamedTuple):
    topic: str
    text: str


def passages(domain: str) -> list[Passage]:
    """The running prose of the domain in the order of the reference, whole paragraphs put together to 60 words or more."""
    found = []
    for topic in DOMAINS[domain].split():
        pending: list[str] = []
        for paragraph in paragraphs(topics.get(topic, "")):  # which topics there are differs between versions of Python
            pending.append(paragraph)
            if sum(len(text.split()) for text in pending) >= LENGTH:
                found.append(Passage(topic, " ".join(pending)))
                pending = []
    return found


def paragraphs(text: str) -> Iterator[str]:
    """Paragraphs of whole sentences; no code, grammar rules, tables or headings."""
    for block in re.split(r"\n\s*\n", text):
        item = re.sub(r"^\s*\* ", "", block)  # the bullet of a list
        tokens = re.sub(r"(?<=\w-)\n\s*(?=\w)", "", item).split()  # after a hyphen the next line goes on without a space
        words = sum(re.fullmatch(r"\W*[A-Za-z]+(['’-][A-Za-z]+)*\W*", token) is not None for token in tokens)
        starts, ends = re.match(r"\W*[A-Z]", tokens[0] if tokens else ""), block.rstrip()[-1:] in (".", ":", ")")
        if len(tokens) >= 15 and words >= 0.8 * len(tokens) and starts and ends:
            yield " ".join(tokens)
