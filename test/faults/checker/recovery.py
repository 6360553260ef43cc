"""How long it took from a kill to the next claim of a job."""

import bisect

GROUPS = {"supervisor": {"supervisor"}, "keeper": {"keeper"}, "both": {"supervisor", "keeper"}}


def times(evidence, story):
    claims = sorted(story.claims)
    result = {}
    for name, roles in GROUPS.items():
        waits = []
        for kill in evidence.kills:
            if set(kill["roles"]) & {"supervisor", "keeper"} != roles:
                continue
            index = bisect.bisect_right(claims, kill["at"])
            if index < len(claims):
                waits.append(claims[index] - kill["at"])
        waits.sort()
        if waits:
            result[name] = {"n": len(waits), "p50 ms": waits[len(waits) // 2], "max ms": waits[-1]}
    return result
