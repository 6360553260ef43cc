"""Prints what the crew found out: totals of the library, how good the tags are, what imports cost.

    python3 summary.py [folder of results]
"""
from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path
from statistics import fmean

RESULTS = Path(__file__).resolve().parent / ".nightcrew" / "results"
Row = dict[str, str]


def done(path: Path) -> list[Row]:
    """The jobs of a batch that have a result; all cells are text."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["state"] == "done"]


def library(rows: list[Row]) -> None:
    def total(column: str) -> int:
        return sum(int(row[column]) for row in rows)

    print(f"{len(rows)} modules: {total('bytes'):,} bytes, {total('lines'):,} lines, {total('blank'):,} of them blank;")
    print(f"{total('classes'):,} classes, {total('functions'):,} functions\n")
    importers = Counter(name for row in rows for name in row["imported"].split())
    print("imported most:  " + ", ".join(f"{name} ({count})" for name, count in importers.most_common(6)))
    largest = sorted(rows, key=lambda row: -int(row["lines"]))[:5]
    print("longest files:  " + ", ".join(f"{row['module']} ({int(row['lines']):,})" for row in largest))
    widest = max(rows, key=lambda row: int(row["longest_line"]))
    print(f"longest line:   {widest['longest_line']} characters, in {widest['module']}")


def tags(rows: list[Row]) -> None:
    rows = [row for row in rows if row["family"]]  # a module without a label has no right answer
    families = sorted({row["family"] for row in rows} | {row["predicted"] for row in rows})
    confusion = Counter((row["family"], row["predicted"]) for row in rows)
    right = sum(confusion[family, family] for family in families)
    commonest = max(Counter(row["family"] for row in rows).values())
    claimed = fmean(float(row["probability"]) for row in rows)
    print(f"{right} of {len(rows)} right: accuracy {right / len(rows):.3f}, mean probability claimed {claimed:.3f};")
    print(f"always saying the commonest: {commonest / len(rows):.3f}\n")
    print(f"{'true / predicted':18}" + "".join(f"{family:>13}" for family in families) + f"{'recall':>9}")
    for family in families:
        counts = [confusion[family, predicted] for predicted in families]
        recall = f"{confusion[family, family] / sum(counts):.2f}" if sum(counts) else "-"
        print(f"{family:18}" + "".join(f"{count or '.':>13}" for count in counts) + f"{recall:>9}")
    wrong = [row for row in rows if row["family"] != row["predicted"]]
    print("\nsurest mistakes, and the words that told most:")
    for row in sorted(wrong, key=lambda row: -float(row["probability"]))[:3]:
        print(f"  {row['module']}: {row['predicted']} ({row['probability']}), is {row['family']}; {row['words']}")


def calibration(rows: list[Row]) -> None:
    by_module: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_module[row["module"]].append(row)
    repeats = sorted({int(row["repeat"]) for row in rows})
    print("Processor time of one import, ms: median \u00b1 median absolute deviation\n")
    print(f"{'module':18}" + "".join(f"{f'{repeat} repeats':>20}" for repeat in repeats) + f"{'modules loaded':>18}")
    for module, measured in sorted(by_module.items(), key=lambda item: -float(item[1][-1]["median_ms"])):
        cells = {
            int(row["repeat"]): f"{float(row['median_ms']):.1f} \u00b1 {float(row['mad_ms']):.1f}" for row in measured
        }
        print(f"{module:18}" + "".join(f"{cells.get(n, '-'):>20}" for n in repeats) + f"{measured[0]['loaded']:>18}")


def main(folder: Path) -> None:
    for title, batch, show in (
        ("The library", "index", library),
        ("Tags", "tag", tags),
        ("Calibration", "calibrate", calibration),
    ):
        rows = done(folder / f"{batch}.csv")
        print(f"--- {title} " + "-" * (100 - len(title)))
        if rows:
            show(rows)
        else:
            print("no job has finished yet")
        print()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS)
