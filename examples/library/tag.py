"""Tags modules of the standard library with the family they belong to, judging by the words of their source.

The model is multinomial naive Bayes over the set of words of a file (Pang, Lee & Vaithyanathan 2002), trained on the
labelled modules of to-tag.jsonl. Each module is held out when its turn comes, together with its whole package:
email.parser must not be recognised by what email.message taught. The model is a sum over files, so that holding a
package out is a subtraction, and every labelled module serves both to train and to test.
"""
from __future__ import annotations

import json
import re
from collections import Counter
from math import exp, log, sqrt
from pathlib import Path
from typing import Any

import nightcrew
from stdlib import source

SMOOTHING = 0.5
# HTTPServer_close has http, server and close; what has fewer than three letters says little.
WORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}(?![a-z])")


def words(module: str) -> frozenset[str]:
    """What identifiers, docstrings and comments say. Once each: a word repeated is hardly new evidence."""
    text = source(module).read_text(encoding="utf-8", errors="replace")
    return frozenset(word.lower() for word in WORD.findall(text))


def package(module: str) -> str:
    return module.partition(".")[0]


class Model:
    """How many files of each family, and of each package in it, contain a word."""

    def __init__(self, labelled: list[tuple[str, str]]) -> None:
        self._by_family: dict[str, Counter[str]] = {}
        self._by_package: dict[tuple[str, str], Counter[str]] = {}
        for module, family in labelled:
            found = words(module)
            self._by_family.setdefault(family, Counter()).update(found)
            self._by_package.setdefault((family, package(module)), Counter()).update(found)
        self._total = {family: sum(counts.values()) for family, counts in self._by_family.items()}
        self._vocabulary = len(set().union(*self._by_family.values()))

    def classify(self, module: str) -> tuple[str, float, list[str]]:
        """The likeliest family, its probability, and the words that told most for it and against the second best."""
        found = words(module)
        logs = {family: self._log_likelihoods(family, package(module), found) for family in self._by_family}
        scores = {family: sum(logs[family].values()) for family in logs}
        best, second = sorted(scores, key=lambda family: -scores[family])[:2]
        # Naive Bayes takes words for independent and is far too sure of itself: it would claim 99 % and be right in
        # 70 %. Counting n correlated words as sqrt(n) independent ones leaves the order alone and makes the
        # probabilities mean something; summary.py compares them with the accuracy.
        scale = sqrt(max(1, len(found)))
        total = sum(exp((score - scores[best]) / scale) for score in scores.values())
        telling = sorted(found, key=lambda word: (logs[second][word] - logs[best][word], word))
        return best, 1 / total, telling[:5]

    def _log_likelihoods(self, family: str, held_out: str, found: frozenset[str]) -> dict[str, float]:
        counts = self._by_family[family]
        minus = self._by_package.get((family, held_out), Counter())
        total = log(self._total[family] - sum(minus.values()) + SMOOTHING * self._vocabulary)
        return {word: log(counts[word] - minus[word] + SMOOTHING) - total for word in found}


def load() -> Model:
    with Path(__file__).with_name("to-tag.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    return Model([(row["module"], row["family"]) for row in rows if row.get("family")])


model = load()  # once per worker: it takes as long as tagging some hundred modules


@nightcrew.task
def run(job: nightcrew.Job, module: str, family: str | None = None) -> dict[str, Any]:
    """Which family does a module belong to? The true one, if given, is only compared with the answer."""
    predicted, probability, telling = model.classify(module)
    return {
        "predicted": predicted,
        "probability": round(probability, 4),
        "correct": None if family is None else predicted == family,
        "words": " ".join(telling),
    }


nightcrew.run()
