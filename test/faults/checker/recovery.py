"""How long it took from a kill to the next claim of a job."""

import bisect

GROUPS = {"supervisor": {"supervisor"}, "keeper": {"keeper"}, "both": {"supervisor", "keeper"}}


def times(evidence, story):
    """Of faults before whose next claim nothing else was killed; those in the middle of a recovery say nothing of its length."""
    claims = sorted(story.claims)
    faults = _faults(evidence)
    waits = {name: [] for name in GROUPS}
    for index, (roles, at) in enumerate(faults):
        found = bisect.bisect_right(claims, at)
        if found == len(claims) or index + 1 < len(faults) and faults[index + 1][1] < claims[found]:
            continue
        for name, wanted in GROUPS.items():
            if roles & {"supervisor", "keeper"} == wanted:
                waits[name].append(claims[found] - at)
    return {name: _figures(sorted(group)) for name, group in waits.items() if group}


def _faults(evidence):
    """What was killed by each fault, and when the last of it was."""
    faults = {}
    for kill in evidence.kills:
        roles, _ = faults.get(kill["fault"], (set(), 0))
        faults[kill["fault"]] = (roles | set(kill["roles"]), kill["at"])
    return sorted(faults.values(), key=lambda fault: fault[1])


def _figures(waits):
    return {"n": len(waits), "p50 ms": waits[len(waits) // 2], "max ms": waits[-1]}
