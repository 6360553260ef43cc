"""Judges many runs in one process: reads [folder, marker] a line, prints what `check` says of it, or how it failed, a line each."""

import json
import sys
import traceback

from check import check

for line in sys.stdin:
    try:
        answer = check(*json.loads(line))
    except Exception:
        answer = {"failure": traceback.format_exc()}
    print(json.dumps(answer), flush=True)
