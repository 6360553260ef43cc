"""Does nothing, as often as it is asked. The first argument is how many jobs it accepts to hold ahead."""

import sys

import nightcrew


@nightcrew.task
def run(job, n):
    return n


nightcrew.run(prefetch=int(sys.argv[1]) if len(sys.argv) > 1 else 8)
