"""The Python worker of the long test. Each attempt says in the ledger when it begins and when it is complete."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time

import nightcrew

FOLDER = os.environ["CHAOS_FOLDER"]
LEDGER = os.open(os.path.join(FOLDER, "ledger"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def note(what, job, *more):
    """One `write` to a file opened for appending: whole or not there, whoever writes beside it."""
    words = [what, job.id, job.attempt, os.getpid(), os.getpid(), time.time_ns() // 1_000_000, *more]
    os.write(LEDGER, (" ".join(map(str, words)) + "\n").encode())


def start_family():
    """A child, and grandchildren that left the group and the session; none of them ends by itself soon."""
    subprocess.Popen(["sleep", "300"], stdout=subprocess.DEVNULL)
    subprocess.Popen(["setsid", "sh", "-c", "trap '' TERM; sleep 300 & sleep 300"], stdout=subprocess.DEVNULL)


def misbehave(job, kind):
    """What an attempt does before, or instead of, its work."""
    first = job.attempt == 1
    if kind == "children":
        start_family()
    elif kind == "garbage":
        print("Content-Length: 12\r\n\r\nno frame at all", flush=True)
        os.write(1, b"\x00\xff" * 400)
    elif kind == "flood":
        for step in range(3_000):
            job.progress(step / 3_000, "x" * 200)
    elif kind == "crash-once" and first:
        os.kill(os.getpid(), signal.SIGSEGV)
    elif kind == "crash-always":
        os._exit(3)
    elif kind == "fail":
        raise ValueError("no convergence")
    elif kind == "hang-once" and first:
        while True:
            job.raise_if_cancelled()
            time.sleep(0.01)
    elif kind == "stubborn-once" and first:
        time.sleep(3600)
    elif kind == "freeze-once" and first:
        os.kill(os.getpid(), signal.SIGSTOP)


def compute(job, kind, seconds):
    if kind != "checkpoint":
        time.sleep(seconds)
        return
    for step in range((job.checkpoint or 0) + 1, 6):
        time.sleep(seconds / 5)
        note("saved", job, step)
        job.save_checkpoint(step)


@nightcrew.task
def run(job, kind, ticket, seconds, n=0):
    lock = os.open(os.path.join(FOLDER, "locks", str(job.id)), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note("overlap", job)
        note("begin", job, json.dumps(job.checkpoint))
        misbehave(job, kind)
        compute(job, kind, seconds)
        note("end", job)
        padding = "x" * 400_000 if kind == "big" else ""
        return {"ticket": ticket, "n": n, "attempt": job.attempt, "pid": os.getpid(), "padding": padding}
    finally:
        os.close(lock)


sys.stdout.reconfigure(line_buffering=True)
nightcrew.run()
