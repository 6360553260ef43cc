"""What the test itself wrote down: the jobs' ledger, the acknowledged answers, and the trace of what was done."""

import json
import os

#: Milliseconds: two processes that read the same clock one after the other.
SLACK = 100
#: Milliseconds from a death to the moment it is heard of, when everybody is busy: until then the dead may be given a job.
UNHEARD = 5_000
#: Milliseconds that an intervention may go on working after it was answered: the grace of a worker, and a look a second.
AFTERMATH = 6_000


class LedgerAttempt:
    def __init__(self):
        self.begins = []
        self.ends = []
        self.pid = None
        self.worker_pid = None
        self.checkpoint = None


class Evidence:
    def __init__(self, run):
        self.attempts = {}
        self.overlaps = []
        #: The highest step that a job has saved, by attempt.
        self.saved = {}
        self._read_ledger(os.path.join(run, "ledger"))
        self.acknowledged = _lines(os.path.join(run, "acknowledged.jsonl"))
        self.trace = _lines(os.path.join(run, "trace.jsonl"))
        self.kills = [entry for entry in self.trace if entry["what"] == "kill" and entry["pids"]]
        self._asked = {entry["id"]: entry["at"] for entry in self.trace if entry["what"] == "asked"}
        self.interventions = [entry for entry in self.trace if entry["what"] == "ask"]

    def _read_ledger(self, path):
        with open(path, encoding="utf8") as ledger:
            for line in ledger:
                what, job, number, pid, worker_pid, at, *more = line.rstrip("\n").split(" ")
                key = (int(job), int(number))
                attempt = self.attempts.setdefault(key, LedgerAttempt())
                if what == "begin":
                    attempt.begins.append(int(at))
                    attempt.pid, attempt.worker_pid = int(pid), int(worker_pid)
                    attempt.checkpoint = json.loads(more[0])
                elif what == "end":
                    attempt.ends.append(int(at))
                elif what == "saved":
                    self.saved[key] = max(self.saved.get(key, 0), int(more[0]))
                elif what == "overlap":
                    self.overlaps.append(key)

    def counts(self):
        return {
            "attempts begun": sum(len(attempt.begins) for attempt in self.attempts.values()),
            "attempts completed": sum(len(attempt.ends) for attempt in self.attempts.values()),
            "answers": len(self.acknowledged),
            "kills": len(self.kills),
        }

    def keeper_killed(self, since, until, unheard=UNHEARD):
        return any("keeper" in kill["roles"] and _within(kill["at"], since - unheard, until) for kill in self.kills)

    def supervisor_killed(self, since, until):
        return any("supervisor" in kill["roles"] and _within(kill["at"], since, until) for kill in self.kills)

    def worker_killed(self, worker, since, until, unheard=UNHEARD):
        """It, or a process that descends from it."""
        return any(worker in kill["workers"] and _within(kill["at"], since - unheard, until) for kill in self.kills)

    def worker_ended_by_hand(self, worker, since, until):
        return any(
            self._overlaps(entry, since, until)
            for entry in self.interventions
            if entry["do"] in ("abort", "restart", "stop") and entry.get("worker") == worker
            or entry["do"] == "down" and entry.get("mode") in ("stop", "abort")
        )

    def disk_was_full(self, since, until):
        """A disk is freed at the latest when the round ends; what could not be saved is made up for by the next start."""
        full = None
        for entry in self.trace:
            if entry["what"] == "disk-full":
                full = entry["at"]
            elif entry["what"] == "disk-free" and full is not None:
                if full <= until + SLACK and entry["at"] >= since - SLACK:
                    return True
                full = None
        return False

    def cancelled_by_hand(self, job, batch):
        return any(
            entry["do"] == "cancel" and entry.get("job") == job
            or entry["do"] == "cancel batch" and entry.get("batch") == batch
            for entry in self.interventions
        )

    def _overlaps(self, entry, since, until):
        answered = self._asked.get(entry["id"], entry["at"])
        return entry["at"] <= until + SLACK and answered + AFTERMATH >= since - SLACK


def _within(at, since, until):
    return since - SLACK <= at <= until + SLACK


def _lines(path):
    with open(path, encoding="utf8") as file:
        return [json.loads(line) for line in file if line.strip()]
