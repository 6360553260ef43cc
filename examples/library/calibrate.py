"""Calibrates what importing a module costs, in fresh interpreters.

    python3 calibrate.py --module json --repeat 5

An ordinary script: nothing in it knows of Nightcrew, except that it writes its result to a file if it is told one.
"""
from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys

# Times the import alone: the start of the interpreter takes longer than most imports and would drown them. Processor
# time, because several calibrations share the machine, and a clock on the wall would measure the neighbours, too.
# -I -S keeps the user's site-packages and environment from importing things beforehand.
PROBE = """
import sys, time
before, begin = len(sys.modules), time.process_time()
__import__(sys.argv[1])
print((time.process_time() - begin) * 1000, len(sys.modules) - before)
"""


def measure(module: str) -> tuple[float, int]:
    """Processor milliseconds of one import, and how many modules it loaded."""
    command = [sys.executable, "-I", "-S", "-c", PROBE, module]
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    milliseconds, loaded = output.split()
    return float(milliseconds), int(loaded)


def main() -> None:
    parser = argparse.ArgumentParser(description="How long does importing a module take?")
    parser.add_argument("--module", required=True)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()

    _, loaded = measure(arguments.module)  # not counted: it fills the cache of the disk
    times = [measure(arguments.module)[0] for _ in range(arguments.repeat)]
    median = statistics.median(times)
    result = {
        "median_ms": round(median, 3),
        # Median absolute deviation: one attempt that the machine interrupted does not change it.
        "mad_ms": round(statistics.median(abs(time - median) for time in times), 3),
        "min_ms": round(min(times), 3),
        "max_ms": round(max(times), 3),
        "loaded": loaded,
    }
    path = os.environ.get("NIGHTCREW_RESULT_FILE")
    if path:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(result, file)
    else:
        print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
