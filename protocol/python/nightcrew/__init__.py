"""Turns a Python script into a Nightcrew worker.

    import nightcrew

    @nightcrew.task
    def simulate(job, beta, gamma, seed):
        job.progress(0.5, "day 50")
        return {"peak": 0.3}

    nightcrew.run()

Standard library only, Python 3.9 and later.
"""
from .identity import VERSION, WorkerIdentity, worker
from .job import Job, JobCancelled
from .start import run
from .tasks import task

__version__ = VERSION
__all__ = ["Job", "JobCancelled", "WorkerIdentity", "run", "task", "worker"]
