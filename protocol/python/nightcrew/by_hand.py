"""Running one job in a terminal, without a supervisor: the handler under a debugger, or in front of your eyes."""
from __future__ import annotations

import argparse
import json
import sys
from typing import Any, Dict, List

from .job import Job
from .json_value import NotJsonError, to_json
from .tasks import ParametersInvalid, Task


def run_by_hand(tasks: Dict[str, Task], argv: List[str]) -> None:
    """Runs the job of the command line, or says how to write one and exits with 2."""
    program = argv[0] or "worker.py"
    parser = argparse.ArgumentParser(
        prog=program,
        description="A Nightcrew worker. The supervisor starts it; by hand it runs a single job.",
        epilog=f"Tasks: {', '.join(tasks) or 'none'}.",
    )
    parser.add_argument("--job", metavar="PARAMETERS", help="run one job with these parameters, a JSON object")
    parser.add_argument("--task", choices=list(tasks), help="which task; needed only when there are several")
    arguments, _ = parser.parse_known_args(argv[1:])
    if arguments.job is None:
        parser.print_help(sys.stderr)
        print(f"\nTry: python {program} --job '{{\"name\": \"value\"}}'", file=sys.stderr)
        sys.exit(2)
    if arguments.task is None and len(tasks) != 1:
        parser.error(f"choose one with --task: {', '.join(tasks)}")
    try:
        parameters = json.loads(arguments.job)
    except ValueError as error:
        parser.error(f"--job is not JSON: {error}")
    if not isinstance(parameters, dict):
        parser.error("--job must be a JSON object: parameter names and their values")
    task = tasks[arguments.task or next(iter(tasks))]
    params = {"jobId": 1, "attempt": 1, "task": task.name, "parameters": parameters}
    try:
        print(to_json(task(Job("1.1", params, _show)), "result"))
    except (ParametersInvalid, NotJsonError) as error:
        sys.exit(f"nightcrew: {error}")


def _show(body: str) -> None:
    """Progress and checkpoints for people, on stderr, so that stdout holds the result alone."""
    message: Dict[str, Any] = json.loads(body)
    params = message["params"]
    if message["method"] == "job/checkpoint":
        print(f"checkpoint: {json.dumps(params['checkpoint'])}", file=sys.stderr)
        return
    fraction = f"{params['fraction']:.0%}" if "fraction" in params else ""
    print(f"progress: {fraction} {params.get('message', '')}".rstrip(), file=sys.stderr)
