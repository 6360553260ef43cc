"""Judges a run of the long test from what it left behind: prints {"violations": [...], "figures": {...}}.

    python3 check.py <folder of the run> <VARIABLE=value that marks its processes>

Shares no code with the product: the journal is read as its format is documented, the database by Python's own SQLite.
Called when the queue has been worked off and the crew was sent home, so nothing may be running or unfinished.
"""

import json
import os
import sys

import database
import evidence
import job_rules
import journal
import leftovers
import recovery
import worker_rules


def check(run, marker):
    violations = []
    # The disk of a run that was kept is a copy of the mounted one.
    disk = next(name for name in ("disk-kept", "disk") if os.path.exists(os.path.join(run, name, "w")))
    state = os.path.join(run, disk, "w", ".nightcrew")
    archive = os.path.join(run, disk, "archive")
    found = evidence.Evidence(run)
    read = journal.read([archive, os.path.join(state, "journal")], violations)
    live = journal.read([os.path.join(state, "journal")], violations)
    story = journal.Story(read.events, violations)
    tables = database.read(state, violations)
    if tables is not None:
        database.compare(tables, story, violations)
        database.compare_ends(tables, live, state, violations)
        job_rules.check(tables, story, found, violations)
        worker_rules.check(tables, story, violations)
    leftovers.check_files(run, state, violations)
    leftovers.check_processes(run, marker, violations)
    figures = {
        "journal": {"records": read.records, "events": len(read.events)},
        "jobs": story.states(),
        "attempts": story.outcomes(),
        "ledger": found.counts(),
        "recovery": recovery.times(found, story),
    }
    return {"violations": violations, "figures": figures}


if __name__ == "__main__":
    json.dump(check(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None), sys.stdout)
