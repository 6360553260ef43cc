"""Returns the microseconds between the end of its last job and the start of this one."""

import time

import nightcrew

ended = None


@nightcrew.task
def run(job, n):
    global ended
    started = time.perf_counter()
    gap = None if ended is None else (started - ended) * 1e6
    ended = time.perf_counter()
    return gap


nightcrew.run(prefetch=0)
