"""One stochastic SIR epidemic in a closed, well-mixed population, by Gillespie's direct method.

Two reactions, as a Markov process in continuous time (Kermack & McKendrick 1927; Bailey 1975, ch. 6):

    S + I -> 2 I   at rate  beta * S * I / N
        I -> R     at rate  gamma * I

The direct method (Gillespie 1977, J. Phys. Chem. 81:2340, doi:10.1021/j100540a008) is exact: it draws when the next
event happens and which one it is. Tau-leaping would be faster, but it is least accurate where this sweep looks hardest:
when a handful of infected people decides between extinction and an outbreak.
"""
from __future__ import annotations

from math import log
from random import Random
from typing import Any

import nightcrew

MINOR = 0.05  # an outbreak that ends below this share of the population counts as extinct; see README.md
REPORT_EVERY = 10  # simulated days


@nightcrew.task
def run(job: nightcrew.Job, beta: float, gamma: float, seed: int, population: int, infected: int) -> dict[str, Any]:
    """One outbreak, from the first case until nobody is infected."""
    # The parameters are part of the seed: with `Random(seed)` alone, seed 7 would see the same luck in every
    # combination of beta and gamma, and the points of the sweep would not be independent. Text is hashed with SHA-512,
    # so the stream is the same on every machine and Python version.
    uniform = Random(f"{beta}/{gamma}/{seed}").random

    s, i, day = population - infected, infected, 0.0
    peak, peak_day = i, 0.0
    report_at = REPORT_EVERY
    while i > 0:
        infection = beta * s * i / population
        total = infection + gamma * i
        day -= log(1.0 - uniform()) / total  # exponential waiting time; 1 - u is never 0
        if uniform() * total < infection:
            s -= 1
            i += 1
            if i > peak:
                peak, peak_day = i, day
        else:
            i -= 1
        if day >= report_at:
            report_at = int(day / REPORT_EVERY + 1) * REPORT_EVERY
            job.raise_if_cancelled()
            # How long an outbreak lasts is not known beforehand; how far it has burnt through is.
            job.progress((population - s - i) / population, f"day {day:.0f}: {i:,} infected")

    final_size = (population - s) / population
    return {
        "r0": beta / gamma,
        "extinct": final_size < MINOR,
        "final_size": final_size,
        "peak_infected": peak / population,
        "peak_day": peak_day,
        "last_day": day,
    }


nightcrew.run()
