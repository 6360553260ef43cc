/** What "Create an Example Crew File" writes: a crew that runs as it is, short enough to be read and then changed. */

export const STARTER_CREW_FILE = `# The crew of this workspace: pools of worker processes, and batches of jobs for them.
# Start it from the command palette (Nightcrew: …), or with "nightcrew run" in a terminal.

pools:
  walk:
    # A program that speaks the worker protocol; see walk.py. Any other program works
    # unchanged, started once for each job with its parameters filled in:
    #   run: Rscript calibrate.R --alpha {alpha} --seed {seed}
    command: python3 walk.py
    workers: 2
    # memory: 8GB     what one worker needs at most
    # timeout: 48h    how long one attempt of a job may take
    # attempts: 3     how often a job is tried

batches:
  sweep:
    pool: walk
    # One job for each combination: 3 x 20 = 60 jobs.
    matrix:
      alpha: [0.1, 0.2, 0.4]
      seed: 1..20
`;

export const STARTER_WORKER_NAME = 'walk.py';

export const STARTER_WORKER = `"""A Nightcrew worker. Each task computes one job at a time; prints go to the worker's log."""
import random
import time

import nightcrew


@nightcrew.task
def run(job, alpha, seed):
    """A random walk, slowed down to be watched. What it returns is kept as the job's result."""
    step = random.Random(seed).gauss
    steps, position = 50, 0.0
    for number in range(1, steps + 1):
        position += alpha * step(0, 1)
        job.progress(number / steps, f"step {number} of {steps}")
        time.sleep(0.05)
    return {"position": position}


nightcrew.run()
`;
