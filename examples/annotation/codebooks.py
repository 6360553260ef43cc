"""Five annotators, each with a codebook of its own. All judge one question from the evidence they know how to see:

    Does the passage lay down a rule: something that must or must not be?

Each returns its own measurements and `rule`, the judgement that `agreement.py` compares.
"""
from __future__ import annotations

import re
from statistics import fmean, median, pstdev
from typing import Any, Iterable


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]+(?:['’-][A-Za-z]+)*", text)


def sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.!?:])[)\"”]*\s+(?=[\"(*A-Z])", text) if words(sentence)]


def lexicon(*entries: str) -> re.Pattern[str]:
    """Finds any of the entries as whole words; longer ones first, so that "may not" is not read as "may"."""
    alternatives = sorted((entry.replace(" ", r"\s+") for entry in entries), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b", re.IGNORECASE)


def quote(found: Iterable[str]) -> str:
    """The evidence, for whoever settles the disagreements."""
    return "; ".join(sorted({match.lower() for match in found}))


class Modality:
    """Rules in so many words: obligation and prohibition, with the words of RFC 2119 and of Palmer (2001). A permission
    is measured but is no rule, as "may" is mostly mere possibility; so are hedges (Hyland 1998)."""

    def __init__(self, corpus: list[str]) -> None:
        self.obligation = lexicon(
            "must", "shall", "should", "has to", "have to", "ought to", "needs? to", "(?:is|are) required", "mandatory"
        )  # fmt: skip
        self.prohibition = lexicon(
            "must not", "shall not", "should not", "may not", "cannot", "can not", "may only", "can only",
            "(?:is|are) not (?:allowed|permitted|legal|possible)", "forbidden", "prohibited", "disallowed",
        )  # fmt: skip
        self.permission = lexicon("may", "(?:is|are) (?:allowed|permitted|legal|optional)", "need not")
        self.hedge = lexicon(
            "might", "could", "would", "perhaps", "possibly", "probably", "usually", "often", "sometimes", "generally",
            "typically", "normally", "mostly", "likely", "appears?", "seems?", "tends? to", "in general", "in practice",
        )  # fmt: skip

    def annotate(self, text: str) -> dict[str, Any]:
        prohibitions = self.prohibition.findall(text)
        rest = self.prohibition.sub(" ", text)  # "may not" is no permission
        obligations, permissions = self.obligation.findall(rest), self.permission.findall(rest)
        return {
            "obligations": len(obligations),
            "prohibitions": len(prohibitions),
            "permissions": len(permissions),
            "hedges": len(self.hedge.findall(text)),
            "rule": bool(obligations or prohibitions),
            "evidence": quote(obligations + prohibitions),
        }


class Register:
    """Dimension 4 of Biber, Variation across Speech and Writing (1988): overt expression of persuasion.

    The sum of six features' rates, each standardised over the whole corpus: above 0 is more directive than usual.
    """

    features = {
        "infinitives": re.compile(r"\bto (?!the\b|an?\b|this\b|that\b|its?\b|be\b|all\b|any\b|each\b|one\b)[a-z]{2,}", re.I),
        "prediction_modals": lexicon("will", "would", "shall"),
        "necessity_modals": lexicon("must", "should", "ought"),
        # Without Biber's "command", "demand" and "request", which are nouns in texts about programs.
        "suasive_verbs": lexicon(
            "(?:allow|ask|insist|intend|recommend|suggest)(?:s|ed|ing)?", "(?:ensur|propos|requir|urg)(?:e|es|ed|ing)",
            "permit(?:s|ted|ting)?", "prefer(?:s|red|ring)?",
        ),
        "conditionals": lexicon("if", "unless"),
        "split_auxiliaries": re.compile(
            r"\b(?:is|are|was|were|be|been|has|have|had|can|could|may|might|must|should|will|would)"
            r"\s+(?:\w+ly|also|always|never|often|then|thus|only|just|still)\s+\w+(?:e[dn]|t)?\b", re.I,
        ),
    }  # fmt: skip

    def __init__(self, corpus: list[str]) -> None:
        rates = [self.rates(text) for text in corpus]
        self.mean = {name: fmean(rate[name] for rate in rates) for name in self.features}
        self.deviation = {name: pstdev(rate[name] for rate in rates) for name in self.features}

    def rates(self, text: str) -> dict[str, float]:
        """Occurrences in a thousand words."""
        length = len(words(text))
        return {name: 1000 * len(pattern.findall(text)) / length for name, pattern in self.features.items()}

    def annotate(self, text: str) -> dict[str, Any]:
        scores = {name: (rate - self.mean[name]) / self.deviation[name] for name, rate in self.rates(text).items()}
        return {
            "persuasion": sum(scores.values()),
            "rule": sum(scores.values()) > 0,
            "evidence": quote(name for name, score in scores.items() if score > 1),
        }


class Terms:
    """Named things. A rule is known by its vocabulary, and by its sanction: it names the error that follows when it is
    broken (Kelsen 1960)."""

    def __init__(self, corpus: list[str]) -> None:
        self.exception = re.compile(r"\b[A-Z]\w*(?:Error|Warning|Exception)\b")
        self.vocabulary = lexicon(
            "required", "requirements?", "requires?", "restrict(?:ed|ions?)", "constraints?", "rules?", "conventions?",
            "reserved", "mandatory", "legal", "illegal", "valid", "invalid", "allowed", "not allowed", "disallowed",
            "forbidden", "errors?", "not supported",
        )  # fmt: skip
        self.capitalised = re.compile(r"(?<![.:!?] )(?<!^)\b[A-Z][a-z]+\b|\b[A-Z][a-z]+[A-Z]\w*\b")
        self.acronym = re.compile(r"\b[A-Z]{2,}\b")
        self.code = re.compile(r'"[^"\s]+"')

    def annotate(self, text: str) -> dict[str, Any]:
        exceptions, vocabulary = self.exception.findall(text), self.vocabulary.findall(text)
        return {
            "exceptions": len(exceptions),
            "rule_words": len(vocabulary),
            "capitalised": len(self.capitalised.findall(text)),
            "acronyms": len(self.acronym.findall(text)),
            "code_terms": len(self.code.findall(text)),
            "rule": bool(exceptions or vocabulary),
            "evidence": quote(exceptions + vocabulary),
        }


class Stance:
    """What the text does to its reader: directives (Searle 1976) and evaluations (Hunston & Thompson 2000)."""

    def __init__(self, corpus: list[str]) -> None:
        # Only verbs that tell the reader what to do: "Return a copy" is the mood of docstrings, "see section" a pointer.
        self.imperative = re.compile(
            r"(?:do not|don['’]t|never|always|use|avoid|make sure|ensure|be (?:sure|careful|aware)|beware|remember|"
            r"take care|keep|specify|define|set|call|provide|add|note that)\b", re.I,
        )  # fmt: skip
        self.directive = lexicon("must", "should", "has to", "have to", "needs? to", "ought to", "required to", "cannot")
        self.evaluation = lexicon(
            "recommended", "discouraged", "encouraged", "preferred", "better", "best", "good idea", "bad idea", "important",
            "useful", "surprising", "unfortunately", "dangerous", "safe", "unsafe", "deprecated", "advisable", "careful",
            "undesirable", "desirable", "appropriate", "wrong", "properly",
        )  # fmt: skip
        self.reader = lexicon("you", "your", "programmers?", "users?", "authors?", "programs?")

    def annotate(self, text: str) -> dict[str, Any]:
        imperatives = [match[0] for sentence in sentences(text) if (match := self.imperative.match(sentence))]
        directives, evaluations = self.directive.findall(text), self.evaluation.findall(text)
        return {
            "imperatives": len(imperatives),
            "directives": len(directives),
            "evaluations": len(evaluations),
            "reader": len(self.reader.findall(text)),
            "rule": bool(imperatives or directives),
            "evidence": quote(imperatives + directives),
        }


class Readability:
    """Flesch (1948) and Kincaid et al. (1975). The control: how hard a text is to read says little about whether it
    is a rule, so this annotator should agree with the others hardly more than chance does."""

    def __init__(self, corpus: list[str]) -> None:
        self.typical_grade = median(self.grade(text) for text in corpus)

    def counts(self, text: str) -> tuple[float, float]:
        """Words in a sentence, syllables in a word."""
        spoken = words(text)
        return len(spoken) / len(sentences(text)), fmean(syllables(word) for word in spoken)

    def grade(self, text: str) -> float:
        per_sentence, per_word = self.counts(text)
        return 0.39 * per_sentence + 11.8 * per_word - 15.59

    def annotate(self, text: str) -> dict[str, Any]:
        per_sentence, per_word = self.counts(text)
        return {
            "reading_ease": 206.835 - 1.015 * per_sentence - 84.6 * per_word,
            "grade": self.grade(text),
            "rule": self.grade(text) > self.typical_grade,
            "evidence": f"{per_sentence:.0f} words a sentence",
        }


def syllables(word: str) -> int:
    """Groups of vowels, less a silent e at the end; right for about nine English words in ten."""
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = re.search(r"([^aeiouyl]|[aeiouy]l)e$|([^aeiouylcgshxz]|[aeiouy]l)es$|[^aeiouydt]ed$", word.lower()) is not None
    return max(1, groups - silent)


CODEBOOKS = {
    "modality": Modality,
    "register": Register,
    "terms": Terms,
    "stance": Stance,
    "readability": Readability,
}
