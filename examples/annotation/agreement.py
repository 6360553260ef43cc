"""How far do the annotators agree on what is a rule? Standard library only.

    python3 agreement.py [results.csv]

Cohen's kappa for each pair (Cohen 1960) and Fleiss' kappa for all in each domain (Fleiss 1971): 1 is perfect agreement, 0 is
what chance would give. The intervals are the middle 95 % of 2,000 bootstrap samples of the passages.
"""
from __future__ import annotations

import csv
import math
import sys
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Sequence

RESULTS = Path(__file__).resolve().parent / ".nightcrew" / "results" / "passages.csv"


def cohen(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Agreement of two annotators beyond chance: (p_o - p_e) / (1 - p_e)."""
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    yes_a, yes_b = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    expected = yes_a * yes_b + (1 - yes_a) * (1 - yes_b)
    return (observed - expected) / (1 - expected) if expected < 1 else math.nan


def fleiss(items: Sequence[Sequence[bool]]) -> float:
    """Agreement of any number of annotators beyond chance; `items` holds all judgements of each passage."""
    n, raters = len(items), len(items[0])
    observed = 0.0
    for judgements in items:
        yes = sum(judgements)
        observed += (yes * (yes - 1) + (raters - yes) * (raters - yes - 1)) / (raters * (raters - 1)) / n
    share = sum(map(sum, items)) / (n * raters)
    expected = share**2 + (1 - share) ** 2
    return (observed - expected) / (1 - expected) if expected < 1 else math.nan


def interval(items: Sequence[Sequence[bool]]) -> tuple[float, float]:
    random = Random(0)
    samples = (fleiss(random.choices(items, k=len(items))) for _ in range(2000))
    kappas = sorted(kappa for kappa in samples if not math.isnan(kappa)) or [math.nan]  # all judgements are the same
    return kappas[round(0.025 * (len(kappas) - 1))], kappas[round(0.975 * (len(kappas) - 1))]


def main(results: Path) -> None:
    judgements: dict[tuple[str, int], dict[str, bool]] = defaultdict(dict)  # passage -> annotator -> is it a rule?
    with results.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row.get("rule"):  # else the job has not ended, or none has
                judgements[row["domain"], int(row["passage"])][row["annotator"]] = row["rule"] == "true"
    annotators = list(dict.fromkeys(name for judged in judgements.values() for name in judged))
    complete = {key: judged for key, judged in judgements.items() if len(judged) == len(annotators)}
    if len(annotators) < 2 or not complete:
        sys.exit(f"{results}: no passage was judged by two annotators yet")
    print(f"{len(complete)} passages, {len(annotators)} annotators. Is it a rule?\n")

    print("Cohen's kappa".ljust(14) + "".join(f"{name:>13}" for name in annotators) + f"{'says rule':>13}")
    pair = {
        (a, b): cohen([(judged[a], judged[b]) for judged in complete.values()]) for a, b in combinations(annotators, 2)
    }
    for a in annotators:
        cells = "".join(f"{pair[b, a]:13.2f}" if (b, a) in pair else f"{'':13}" for b in annotators)
        print(a.ljust(14) + cells + f"{sum(judged[a] for judged in complete.values()) / len(complete):13.0%}")

    print("\nFleiss' kappa      all   95 % interval   all agree")
    groups = {domain: [key for key in complete if key[0] == domain] for domain in dict.fromkeys(d for d, _ in complete)}
    for name, keys in {**groups, "together": list(complete)}.items():
        items = [[complete[key][annotator] for annotator in annotators] for key in keys]
        low, high = interval(items)
        unanimous = sum(len(set(item)) == 1 for item in items) / len(items)
        print(f"{name:15} {fleiss(items):7.2f}   {low:5.2f} to {high:5.2f}   {unanimous:9.0%}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS)
