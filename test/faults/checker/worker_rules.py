"""What must hold for workers: each is in the registry once, with one launch alive at a time, and none is alive at the end."""

LIVE = ("STARTING", "RUNNING", "DRAINING")


def check(tables, story, violations):
    states, launches, pools = {}, {}, {}
    for sequence, _at, event in story.workers:
        worker, kind = event["worker"], event["type"]
        if kind == "worker.added":
            if worker in pools:
                violations.append(f"worker {worker}: added twice ({sequence})")
            pools[worker] = event["pool"]
        elif kind == "worker.launched":
            if states.get(worker) in LIVE:
                violations.append(f"worker {worker}: launched at {sequence} while {states[worker]}")
            if event["launch"] != launches.get(worker, 0) + 1:
                violations.append(f"worker {worker}: launch {event['launch']} follows launch {launches.get(worker, 0)}")
            launches[worker] = event["launch"]
        elif kind == "worker.transitioned":
            states[worker] = event["to"]
    for row in tables.workers:
        if row["state"] in LIVE:
            violations.append(f"worker {row['id']}: is {row['state']} although the crew was sent home")
        if row["launch"] != launches.get(row["id"]):
            violations.append(f"worker {row['id']}: launch {row['launch']} in the database, {launches.get(row['id'])} by the journal")
