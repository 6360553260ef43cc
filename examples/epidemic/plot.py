"""Draws the sweep, simulated and in theory, against R0 = beta / gamma. Standard library only.

    python3 plot.py [results.csv [plot.svg]]
"""
from __future__ import annotations

import csv
import math
import sys
from collections import defaultdict
from pathlib import Path
from statistics import fmean

RESULTS = Path(__file__).resolve().parent / ".nightcrew" / "results" / "sweep.csv"
BLUE, ORANGE, INK, PALE = "#0072B2", "#D55E00", "#333333", "#dddddd"  # Okabe & Ito: safe for colour-blind readers


# --- Theory ---------------------------------------------------------------------------------------------------------


def final_size(r0: float) -> float:
    """The share infected in a large outbreak: the larger root of z = 1 - exp(-r0 z) (Kermack & McKendrick 1927)."""
    if r0 <= 1:
        return 0.0
    z = 1.0
    for _ in range(2000):  # converges from above, and slowly only next to r0 = 1
        z = 1 - math.exp(-r0 * z)
    return z


def extinction(r0: float, infected: int) -> float:
    """Each first case starts a birth-death process, which dies out with probability 1/r0 (Whittle 1955)."""
    return min(1.0, 1 / r0) ** infected


def peak_time(r0: float, infected: int, population: int) -> float:
    """When the deterministic SIR model peaks, in infectious periods: dt = dc / (r0 s i), c being the share infected
    since the start, from c = 0 to the peak at s = 1/r0; the trapezoidal rule on a grid even in log c."""
    s0, i0 = 1 - infected / population, infected / population
    low, high, steps = math.log(i0 * 1e-3), math.log(s0 - 1 / r0), 2000

    def integrand(u: float) -> float:
        c = math.exp(u)
        s = s0 - c
        return c / (r0 * s * (i0 + c + math.log(s / s0) / r0))

    width = (high - low) / steps
    return width * (sum(integrand(low + width * k) for k in range(steps + 1)) - (integrand(low) + integrand(high)) / 2)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927): unlike p +- 2 s.e., it is sound at 0 and at 1."""
    z, p = 1.96, successes / trials
    centre = p + z * z / (2 * trials)
    half = z * math.sqrt(p * (1 - p) / trials + (z / (2 * trials)) ** 2)
    return max(0.0, (centre - half) / (1 + z * z / trials)), min(1.0, (centre + half) / (1 + z * z / trials))


# --- Drawing --------------------------------------------------------------------------------------------------------


class Panel:
    """A small plot with linear axes from 0; collects SVG elements."""

    width, height, top = 330, 300, 76

    def __init__(self, left: float, title: str, x_max: int, y_max: float, y_ticks: list[float]) -> None:
        self.left, self.x_max, self.y_max = left, x_max, y_max
        self.elements: list[str] = []
        self.text(0, y_max, title, lift=14, weight="bold")
        for tick in y_ticks:
            self.line([(0, tick), (x_max, tick)], PALE, 0.8)
            self.text(0, tick, f"{tick:g}", lift=-4, shift=-8, anchor="end")
        for tick in range(x_max + 1):
            self.text(tick, 0, str(tick), lift=-18, anchor="middle")
        self.text(x_max / 2, 0, "R\u2080 = \u03b2/\u03b3", lift=-38, anchor="middle")

    def place(self, x: float, y: float) -> tuple[float, float]:
        return self.left + self.width * x / self.x_max, self.top + self.height * (1 - y / self.y_max)

    def text(
        self, x: float, y: float, text: str, *, lift: float = 0, shift: float = 0,
        anchor: str = "start", weight: str = "normal", colour: str = INK,
    ) -> None:  # fmt: skip
        px, py = self.place(x, y)
        self.elements.append(
            f'<text x="{px + shift:.1f}" y="{py - lift:.1f}" text-anchor="{anchor}" font-weight="{weight}" '
            f'fill="{colour}">{text}</text>'
        )

    def line(self, points: list[tuple[float, float]], colour: str = INK, width: float = 1.5) -> None:
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in (self.place(x, y) for x, y in points))
        self.elements.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>')

    def dot(self, x: float, y: float, colour: str, radius: float = 2.2, opacity: float = 0.45) -> None:
        px, py = self.place(x, y)
        self.elements.append(
            f'<circle cx="{px:.1f}" cy="{py:.1f}" r="{radius}" fill="{colour}" fill-opacity="{opacity}"/>'
        )

    def key(self, y: float, text: str, colour: str = INK) -> None:
        self.text(self.x_max, y * self.y_max, text, shift=-4, anchor="end", colour=colour)


def sideways(k: int) -> float:
    """Spreads dots of the same R0 evenly (golden ratio), so that they do not hide each other."""
    return ((k * 0.618034) % 1 - 0.5) * 0.12


# --- The sweep ------------------------------------------------------------------------------------------------------


def main(results: Path, output: Path) -> None:
    with results.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["final_size"]]  # a job that has not ended has no result yet
    if not rows:
        sys.exit(f"{results}: no job has finished yet")

    infected, population = int(rows[0]["infected"]), int(rows[0]["population"])
    died_out: dict[float, list[float]] = defaultdict(list)  # R0 -> final size of each outbreak
    took_off: dict[float, list[tuple[float, float]]] = defaultdict(list)  # R0 -> (final size, peak in infectious periods)
    for row in rows:
        r0, size = round(float(row["r0"]), 6), float(row["final_size"])
        if row["extinct"].lower() == "true":
            died_out[r0].append(size)
        else:
            took_off[r0].append((size, float(row["peak_day"]) * float(row["gamma"])))
    r0s = sorted({*died_out, *took_off})
    x_max = math.ceil(r0s[-1] + 0.25)
    curve = [x_max * k / 400 for k in range(1, 401)]

    sizes = Panel(60, "Share of the population ever infected", x_max, 1, [0, 0.2, 0.4, 0.6, 0.8, 1])
    sizes.line([(r0, final_size(r0)) for r0 in curve])
    sizes.key(0.66, "theory: z = 1 \u2212 exp(\u2212R\u2080z)")
    sizes.key(0.58, "an outbreak (one seed)", BLUE)
    sizes.key(0.05, "one that died out", ORANGE)

    share = Panel(460, "Probability that it dies out", x_max, 1, [0, 0.2, 0.4, 0.6, 0.8, 1])
    share.line([(r0, extinction(r0, infected)) for r0 in curve])
    share.key(0.92, "theory: 1/R\u2080" + (f" to the power {infected}" if infected > 1 else ""))
    share.key(0.84, "share of the seeds, 95 % interval", ORANGE)

    latest = max((time for outbreaks in took_off.values() for _, time in outbreaks), default=10)
    y_max = 10 * math.ceil(latest / 10)
    times = Panel(860, "Time of the peak, in infectious periods 1/\u03b3", x_max, y_max, [y_max * k / 5 for k in range(6)])
    times.line([(r0, t) for r0 in curve if r0 > 1.02 and (t := peak_time(r0, infected, population)) <= y_max])
    times.key(0.92, "deterministic SIR")
    times.key(0.84, "an outbreak (one seed)", BLUE)

    print("   R0  seeds  died out (theory)  mean final size (theory)")
    for r0 in r0s:
        for k, size in enumerate(died_out[r0]):
            sizes.dot(r0 + sideways(k), size, ORANGE)
        for k, (size, time) in enumerate(took_off[r0]):
            sizes.dot(r0 + sideways(k), size, BLUE)
            times.dot(r0 + sideways(k), time, BLUE)
        dead, seeds = len(died_out[r0]), len(died_out[r0]) + len(took_off[r0])
        low, high = wilson(dead, seeds)
        share.line([(r0, low), (r0, high)], ORANGE, 1.2)
        share.dot(r0, dead / seeds, ORANGE, 3.5, 1)
        mean = f"{fmean(size for size, _ in took_off[r0]):.4f}" if took_off[r0] else "-"
        print(
            f"{r0:5.2f} {seeds:6} {dead / seeds:9.2f} {extinction(r0, infected):8.2f} {mean:>16} {final_size(r0):8.4f}"
        )

    title = f"{len(rows)} stochastic SIR epidemics in a population of {population:,}, {infected} infected at the start"
    elements = "\n".join(sizes.elements + share.elements + times.elements)
    output.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1215 430" font-family="sans-serif" font-size="13">\n'
        '<rect width="1215" height="430" fill="white"/>\n'
        f'<text x="60" y="30" font-size="16" fill="{INK}">{title}</text>\n{elements}\n</svg>\n',
        encoding="utf-8",
    )
    print(f"\n{output}")


if __name__ == "__main__":
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    main(source, Path(sys.argv[2]) if len(sys.argv) > 2 else source.with_suffix(".svg"))
