"""The database: sound by SQLite's own judgement, and the same as what follows from the journal."""

import json
import os
import sqlite3


class Tables:
    def __init__(self, connection):
        rows = lambda query: [dict(row) for row in connection.execute(query)]
        self.meta = rows("SELECT * FROM meta")[0]
        self.jobs = {row["id"]: row for row in rows("SELECT * FROM jobs")}
        self.attempts = {(row["job"], row["attempt"]): row for row in rows("SELECT * FROM attempts")}
        self.batches = {row["id"]: row for row in rows("SELECT * FROM batches")}
        self.workers = rows("SELECT * FROM workers")


def read(state, violations):
    """None when it cannot be read."""
    path = os.path.join(state, "nightcrew.db")
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        connection.row_factory = sqlite3.Row
        verdicts = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        if verdicts != ["ok"]:
            violations.extend(f"database: {verdict}" for verdict in verdicts)
        for row in connection.execute("PRAGMA foreign_key_check"):
            violations.append(f"database: row {row[1]} of {row[0]} refers to a {row[2]} that is not there")
        tables = Tables(connection)
        connection.close()
        return tables
    except (sqlite3.Error, IndexError) as error:
        violations.append(f"database: {path} cannot be read: {error}")
        return None


def compare(tables, story, violations):
    """Job by job with the journal, and the batches' counts with their jobs."""
    for number in sorted(set(tables.jobs) ^ set(story.jobs)):
        violations.append(f"job {number}: only in the {'database' if number in tables.jobs else 'journal'}")
    for number in sorted(set(tables.jobs) & set(story.jobs)):
        row, job = tables.jobs[number], story.jobs[number]
        result = None if row["result"] is None else json.loads(row["result"])
        for what, stored, journaled in (
            ("state", row["state"], job.state),
            ("attempts", row["attempts"], len(job.attempts)),
            ("result", result, job.result),
            ("priority", row.get("priority"), row.get("priority") if job.priority is None else job.priority),
        ):
            if stored != journaled:
                violations.append(f"job {number}: {what} is {stored} in the database, {journaled} by the journal")
    recorded = {key: row["outcome"] for key, row in tables.attempts.items()}
    journaled = {(number, made.number): made.outcome for number, job in story.jobs.items() for made in job.attempts.values()}
    for key in sorted(set(recorded) | set(journaled)):
        if recorded.get(key) != journaled.get(key):
            violations.append(f"attempt {key[0]}.{key[1]}: {recorded.get(key)} in the database, {journaled.get(key)} by the journal")
    for batch in tables.batches.values():
        states = [row["state"] for row in tables.jobs.values() if row["batch"] == batch["id"]]
        for state in ("pending", "running", "done", "failed", "cancelled"):
            if batch[state] != states.count(state):
                violations.append(f"batch {batch['id']}: {batch[state]} {state}, but {states.count(state)} such jobs")


def compare_ends(tables, live, state, violations):
    """The crew was sent home, so the database has all; and what no database covers is still in the journal."""
    last = live.events[-1][0] if live.events else (live.first or 1) - 1
    if tables.meta["last_sequence"] != last:
        violations.append(f"database: covers events to {tables.meta['last_sequence']}, the journal ends with {last}")
    previous = os.path.join(state, "nightcrew.db.previous")
    if os.path.exists(previous):
        connection = sqlite3.connect(f"file:{previous}?mode=ro&immutable=1", uri=True)
        covered = connection.execute("SELECT last_sequence FROM meta").fetchone()[0]
        connection.close()
        if live.first is not None and live.first > covered + 1:
            violations.append(f"journal: begins with {live.first}, but the previous database ends with {covered}")
