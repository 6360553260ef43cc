"""What must hold for jobs: none lost, each finished once, none run twice without need, no attempt beside another."""

import json

#: How jobs of a kind may end their attempts by themselves, other than `done`.
OWN_OUTCOMES = {
    "fail": {"failed"},
    "crash-once": {"crashed", "failed"},
    "crash-always": {"crashed", "failed"},
    "hang-once": {"timed-out", "failed"},
    "stubborn-once": {"timed-out", "failed"},
    "freeze-once": {"timed-out", "failed"},
}
#: Kinds that end as failed once their two attempts are used up.
FAILING = ("fail", "crash-always")


def check(tables, story, evidence, violations):
    _check_acknowledged(tables, story, evidence, violations)
    _check_asked_once(tables, violations)
    for job, attempt in evidence.overlaps:
        violations.append(f"attempt {job}.{attempt}: began while another attempt of the job was alive")
    for number, row in sorted(tables.jobs.items()):
        kind = json.loads(row["parameters"])["kind"]
        _check_end(number, row, kind, evidence, violations)
        made = story.jobs[number].attempts if number in story.jobs else {}
        for attempt in made.values():
            _check_attempt(number, row["batch"], kind, attempt, evidence, violations)
        if row["state"] == "done":
            _check_result(number, row, story.jobs[number] if number in story.jobs else None, evidence, violations)
    for job, attempt in sorted(evidence.attempts):
        if job not in story.jobs or attempt not in story.jobs[job].attempts:
            violations.append(f"attempt {job}.{attempt}: was run, but the journal knows nothing of it")


def _check_acknowledged(tables, story, evidence, violations):
    owners = {}
    for answer in evidence.acknowledged:
        if "cancelled" in answer:
            row = tables.jobs.get(answer["cancelled"])
            requeued = answer["cancelled"] in story.jobs and story.jobs[answer["cancelled"]].requeued > 0
            if row is None or row["state"] != "cancelled" and not requeued:
                violations.append(f"job {answer['cancelled']}: is {row and row['state']}, but was told to be cancelled")
            continue
        for number in range(answer["firstJob"], answer["firstJob"] + answer["count"]):
            ticket = answer["ticket"]
            if owners.setdefault(number, ticket) != ticket:
                violations.append(f"job {number}: acknowledged to {owners[number]} and to {ticket}")
            row = tables.jobs.get(number)
            if row is None:
                violations.append(f"job {number}: was acknowledged to {ticket} and is lost")
            elif json.loads(row["parameters"])["ticket"] != ticket or row["pool"] != answer["pool"]:
                violations.append(f"job {number}: was acknowledged to {ticket}, but has {row['parameters']}")


def _check_asked_once(tables, violations):
    """Each request has a ticket of its own, which its jobs carry; asked again after a lost answer, it gives no others."""
    batches = {}
    for number, row in sorted(tables.jobs.items()):
        ticket = json.loads(row["parameters"])["ticket"]
        if batches.setdefault(ticket, row["batch"]) != row["batch"]:
            violations.append(f"job {number}: {ticket} has jobs in batch {batches[ticket]} and in batch {row['batch']}")


def _check_end(number, row, kind, evidence, violations):
    expected = {"failed"} if kind in FAILING else {"done"}
    if evidence.cancelled_by_hand(number, row["batch"]):
        expected |= {"cancelled"}
    if row["state"] not in expected:
        violations.append(f"job {number} ({kind}): ended as {row['state']}, expected {' or '.join(sorted(expected))}")


def _check_attempt(number, batch, kind, attempt, evidence, violations):
    name = f"attempt {number}.{attempt.number} ({kind}, {attempt.worker} launch {attempt.launch})"
    ledger = evidence.attempts.get((number, attempt.number))
    began = bool(ledger and ledger.begins)
    until = attempt.finished_at or attempt.claimed_at
    if began:
        if len(ledger.begins) > 1:
            violations.append(f"{name}: was begun {len(ledger.begins)} times")
        if ledger.checkpoint != attempt.checkpoint:
            violations.append(f"{name}: was given checkpoint {ledger.checkpoint}, but {attempt.checkpoint} was saved")
    if attempt.outcome != "done" and not _explained(number, batch, kind, attempt, began, until, evidence):
        violations.append(f"{name}: {attempt.outcome} for no reason")
    if ledger and ledger.ends and attempt.outcome != "done":
        if not _undeliverable(attempt, ledger.ends[0], until, evidence):
            violations.append(f"{name}: was complete, but counts as {attempt.outcome}, and nothing kept its result from arriving")


def _explained(number, batch, kind, attempt, began, until, evidence):
    since = attempt.claimed_at
    if attempt.outcome in OWN_OUTCOMES.get(kind, ()):
        return True
    if attempt.outcome == "returned":
        return not began or _interrupted(attempt.worker, since, until, evidence)
    if attempt.outcome == "cancelled":
        return evidence.cancelled_by_hand(number, batch)
    if attempt.outcome == "aborted":
        return evidence.worker_ended_by_hand(attempt.worker, since, until)
    # That a worker was ended by hand could not be saved any more: then the next supervisor only finds it gone.
    forgotten = evidence.disk_was_full(since, until) or evidence.supervisor_killed(since, until)
    if forgotten and attempt.outcome in ("crashed", "lost") and evidence.worker_ended_by_hand(attempt.worker, since, until):
        return True
    killed = evidence.worker_killed(attempt.worker, since, until)
    if attempt.outcome == "failed":
        return killed and attempt.worker.startswith("sh-")
    return attempt.outcome in ("crashed", "lost") and (killed or evidence.keeper_killed(since, until))


def _undeliverable(attempt, completed, until, evidence):
    """Nobody hears a worker whose keeper is gone, nor a command whose worker is; they may go on for a moment."""
    killed_since = attempt.claimed_at if attempt.worker.startswith("sh-") else completed
    return (
        evidence.keeper_killed(attempt.claimed_at, until, unheard=0)
        or evidence.worker_killed(attempt.worker, killed_since, until, unheard=0)
        or evidence.worker_ended_by_hand(attempt.worker, completed, until)
    )


def _interrupted(worker, since, until, evidence):
    return (
        evidence.keeper_killed(since, until)
        or evidence.worker_killed(worker, since, until)
        or evidence.worker_ended_by_hand(worker, since, until)
    )


def _check_result(number, row, job, evidence, violations):
    parameters, result = json.loads(row["parameters"]), json.loads(row["result"])
    made = job.attempts.values() if job else ()
    finishing = [attempt.number for attempt in made if attempt.outcome == "done"]
    redone = job.redone if job else 0
    if len(finishing) != 1 + redone:
        violations.append(f"job {number}: finished {len(finishing)} times, and was done anew {redone} times")
        return
    last = finishing[-1]
    ledger = evidence.attempts.get((number, last))
    if ledger is None or len(ledger.ends) != 1:
        violations.append(f"job {number}: has a result of attempt {last}, which the ledger does not show as completed once")
    elif (result["ticket"], result["attempt"], result["pid"]) != (parameters["ticket"], last, ledger.pid):
        violations.append(f"job {number}: its result is not that of attempt {last} ({row['result'][:120]})")
    elif result["n"] != parameters.get("n", 0) and row["pool"] != "sh":
        violations.append(f"job {number}: its result is that of other parameters ({row['result'][:120]})")
