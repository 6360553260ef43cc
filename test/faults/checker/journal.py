"""Reads the journal: text files of a header line and one line for each record, checksum, space, JSON, line feed."""

import json
import os
import re
import zlib

HEADERS = (b"nightcrew-journal 1.0", b"nightcrew-journal 1.1")
TERMINAL = ("done", "failed", "cancelled")


class Read:
    def __init__(self):
        #: (sequence, milliseconds since 1970, event), in order.
        self.events = []
        self.records = 0
        self.first = None


def read(folders, violations):
    """All records of the segments in the folders, which must follow each other without gap and repeat."""
    result = Read()
    paths = {name: os.path.join(folder, name) for folder in folders if os.path.isdir(folder) for name in os.listdir(folder)}
    expected = None
    for name in sorted(paths):
        if not re.fullmatch(r"\d{16}\.log", name):
            violations.append(f"journal: {name} is no segment")
            continue
        with open(paths[name], "rb") as file:
            header, *lines = file.read().split(b"\n")
        tail = lines.pop() if lines else header
        if not lines and name != max(paths):
            continue  # Held nothing whole when the next one was begun under another name.
        if header not in HEADERS:
            violations.append(f"journal: {name} begins with {header[:40]!r}")
            continue
        if tail:
            violations.append(f"journal: {len(tail)} bytes that are no whole record are at the end of {name}")
        if expected is None:
            expected = result.first = int(name[:16])
        if int(name[:16]) != expected:
            violations.append(f"journal: {name} begins where {expected} is due")
            expected = int(name[:16])
        for number, line in enumerate(lines, 2):
            expected = _record(line, f"{name}:{number}", expected, result, violations)
    return result


def _record(line, place, expected, result, violations):
    checksum, body = line[:8], line[9:]
    if line[8:9] != b" " or b"%08x" % zlib.crc32(body) != checksum:
        violations.append(f"journal: the record at {place} does not fit its checksum")
        return expected
    record = json.loads(body)
    if record["s"] != expected:
        violations.append(f"journal: the record at {place} begins with {record['s']} where {expected} is due")
    if record["n"] != len(record["e"]) or record["f"] >= record["s"]:
        violations.append(f"journal: the record at {place} contradicts itself")
    for index, event in enumerate(record["e"]):
        result.events.append((record["s"] + index, record["t"], event))
    result.records += 1
    return record["s"] + len(record["e"])


class Attempt:
    def __init__(self, number, sequence, at, event):
        self.number = number
        self.sequence = sequence
        self.claimed_at = at
        self.worker = event["worker"]
        self.launch = event["launch"]
        self.outcome = None
        self.finished_at = None
        self.result = None
        #: What the job had saved when it was claimed.
        self.checkpoint = None


class Job:
    def __init__(self, batch, pool):
        self.batch = batch
        self.pool = pool
        self.state = "pending"
        self.attempts = {}
        self.checkpoint = None
        self.result = None
        self.priority = None
        #: How often it was made pending again by hand, and how often of these it was done.
        self.requeued = 0
        self.redone = 0


class Story:
    """What became of every job, by the events alone."""

    def __init__(self, events, violations):
        self.jobs = {}
        self.claims = []
        self.workers = []
        self.last = events[-1][0] if events else 0
        self._violations = violations
        for sequence, at, event in events:
            kind = event["type"]
            if kind == "batch.enqueued":
                for job in range(event["firstJob"], event["firstJob"] + event["count"]):
                    if job in self.jobs:
                        violations.append(f"job {job}: enqueued twice")
                    self.jobs[job] = Job(event["batch"], event["pool"])
            elif kind.startswith("worker."):
                self.workers.append((sequence, at, event))
            elif kind.startswith("job."):
                self._apply(sequence, at, event)
            elif kind == "jobs.cancelled":
                for job, group in _members(event["groups"]):
                    self._cancel(sequence, job, group)
            elif kind == "jobs.requeued":
                for job, group in _members(event["groups"]):
                    self._requeue(sequence, job, group, event["fresh"])
            elif kind == "jobs.reprioritised":
                for job, group in _members(event["groups"]):
                    if self._is_as_told(sequence, "reprioritised", job, group, ("pending", "running")):
                        self.jobs[job].priority = event["priority"]

    def _apply(self, sequence, at, event):
        number, kind = event["job"], event["type"]
        job = self.jobs.get(number)
        if job is None:
            self._violations.append(f"job {number}: {kind} at {sequence}, but it was never enqueued")
            return
        wrong = lambda why: self._violations.append(f"job {number}: {kind} at {sequence}, but {why}")
        attempt = event.get("attempt")
        if job.state in TERMINAL:
            wrong(f"it is {job.state}")
        elif kind == "job.claimed":
            if job.state != "pending":
                wrong(f"attempt {max(job.attempts)} has not ended")
            if attempt != len(job.attempts) + 1:
                wrong(f"{len(job.attempts)} attempts were made before attempt {attempt}")
            job.state = "running"
            job.attempts[attempt] = Attempt(attempt, sequence, at, event)
            job.attempts[attempt].checkpoint = job.checkpoint
            self.claims.append(at)
        elif kind == "job.cancelled":
            if job.state != "pending":
                wrong("it is running")
            job.state = "cancelled"
        elif job.state != "running" or attempt != max(job.attempts):
            wrong(f"it is {job.state} after {len(job.attempts)} attempts")
        elif kind in ("job.interrupted", "job.resent"):
            pass  # What the supervisor was about to do; it moves the job nowhere.
        elif kind == "job.checkpointed":
            job.checkpoint = event["checkpoint"]
        elif kind == "job.finished":
            made = job.attempts[attempt]
            made.outcome, made.finished_at, made.result = event["outcome"], event["finishedAt"], event.get("result")
            job.state = event["next"]
            job.result = made.result if made.outcome == "done" else None
            if (made.outcome == "done") != (job.state == "done"):
                wrong(f"{made.outcome} makes it {job.state}")

    def _cancel(self, sequence, number, group):
        if self._is_as_told(sequence, "cancelled", number, group, ("pending",)):
            self.jobs[number].state = "cancelled"

    def _requeue(self, sequence, number, group, fresh):
        if not self._is_as_told(sequence, "requeued", number, group, (*TERMINAL, "pending")):
            return
        job = self.jobs[number]
        job.requeued += 1
        if job.state == "done":
            job.redone += 1
        if fresh or job.state == "done":
            job.checkpoint = None
        job.state, job.result = "pending", None

    def _is_as_told(self, sequence, what, number, group, possible):
        job = self.jobs.get(number)
        if job and job.state == group["state"] and job.state in possible and job.batch == group["batch"]:
            return True
        found = job and (job.state, job.batch)
        self._violations.append(f"job {number}: {what} at {sequence} as one of {group}, but it is {found}")
        return False

    def states(self):
        return _count(job.state for job in self.jobs.values())

    def outcomes(self):
        return _count(attempt.outcome for job in self.jobs.values() for attempt in job.attempts.values())


def _members(groups):
    """The jobs of a bulk event: first and last of each range in turn."""
    for group in groups:
        ids = group["ids"]
        for first, last in zip(ids[::2], ids[1::2]):
            for job in range(first, last + 1):
                yield job, group


def _count(names):
    counts = {}
    for name in names:
        counts[str(name)] = counts.get(str(name), 0) + 1
    return counts
