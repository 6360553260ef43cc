"""What may be there when the crew has gone home: named files, and no process."""

import os
import re

#: Of `.nightcrew`; everything else is left over. The test puts `Thumbs.db` there, which is nobody's to remove.
KEPT = re.compile(
    r"\.gitignore|metrics|audit\.jsonl(\.\d)?|turn/Thumbs\.db|nightcrew\.db(\.previous)?|journal/\d{16}\.log|results/[^/]+\.csv"
    r"|logs/(supervisor|keeper|worker_[a-z]+-\d+)\.log(\.[1-3])?"
)


def check_files(run, state, violations):
    for path in _files(state):
        if not KEPT.fullmatch(path):
            violations.append(f"left over: .nightcrew/{path}")
    for folder in ("r", "tmp"):
        for path in _files(os.path.join(run, folder)):
            violations.append(f"left over: {'runtime' if folder == 'r' else 'temporary'} folder: {path}")


def _files(root):
    found = []
    for folder, names, files in os.walk(root):
        found += [os.path.relpath(os.path.join(folder, name), root) for name in files]
    return sorted(found)


def check_processes(run, marker, violations):
    """By the marker in the environment, and by the working folder for one that has emptied its environment."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="latin1") as file:
                if file.read().rpartition(")")[2].split()[0] in "ZX":
                    continue
            with open(f"/proc/{pid}/environ", "rb") as file:
                marked = marker is not None and marker.encode() in file.read().split(b"\0")
            folder = os.readlink(f"/proc/{pid}/cwd")
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                command = file.read().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        if marked or folder.startswith(os.path.join(run, "disk") + os.sep):
            violations.append(f"orphan: process {pid} ({command[:100]})")
