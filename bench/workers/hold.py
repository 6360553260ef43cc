"""Holds its job until somebody ends it."""

import time

import nightcrew


@nightcrew.task
def run(job, n):
    time.sleep(3600)


nightcrew.run(prefetch=0)
