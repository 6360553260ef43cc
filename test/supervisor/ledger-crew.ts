/** A crew whose jobs write down themselves when they begin and when they end, where the product has no part in it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../../src/core/worker.ts';
import { isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { TemporaryCrew } from './temporary-crew.ts';

/** `hold`: a file that it waits for; `deaf`: it does not end when it is cancelled; `descendants`: ones that leave its group. */
const ledgerWorker = `
import os, subprocess, time
import nightcrew

def write(line):
    with open("ledger", "a") as ledger:
        ledger.write(line + "\\n")

@nightcrew.task
def run(job, n, hold=None, deaf=False, seconds=0, checkpoint=None, descendants=False):
    write(f"begin {job.id}.{job.attempt} {os.getpid()}")
    if job.checkpoint is not None:
        write(f"resume {job.id}.{job.attempt} {job.checkpoint['step']}")
    if descendants:
        subprocess.Popen(["sleep", "3600"], start_new_session=True)
        subprocess.check_call(["sh", "-c", "setsid sleep 3600 </dev/null >/dev/null 2>&1 &"])
    if checkpoint is not None:
        job.save_checkpoint({"step": checkpoint + job.attempt - 1})
        write(f"saved {job.id}.{job.attempt} {os.getpid()}")
    time.sleep(seconds)
    while hold and not os.path.exists(hold):
        time.sleep(0.01)
        if not deaf:
            job.raise_if_cancelled()
    write(f"end {job.id}.{job.attempt} {os.getpid()}")
    return n

nightcrew.run()
`;

export interface LedgerLine {
  what: 'begin' | 'resume' | 'saved' | 'end';
  /** \`<job>.<attempt>\` */
  attempt: string;
  /** The worker's PID, or the step of the checkpoint it resumed from. */
  detail: string;
}

export function makeLedgerCrew(crewFile: string, place?: string, runtime?: string): TemporaryCrew {
  const crew = TemporaryCrew.make(crewFile, place, runtime);
  writeFileSync(join(crew.workspace, 'ledger.py'), ledgerWorker);
  return crew;
}

export function ledgerOf(crew: TemporaryCrew): LedgerLine[] {
  const file = join(crew.workspace, 'ledger');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => {
    const [what, attempt, detail] = line.split(' ');
    return { what, attempt, detail } as LedgerLine;
  });
}

export function attemptsOf(crew: TemporaryCrew, what: LedgerLine['what']): string[] {
  return ledgerOf(crew)
    .filter((line) => line.what === what)
    .map(({ attempt }) => attempt);
}

/** Ends exactly this process, and waits until it is gone. */
export async function kill(identity: ProcessIdentity | undefined): Promise<void> {
  assert.ok(identity);
  await signalProcess(identity, 'SIGKILL');
  await waitFor('the process to be gone', async () => !(await isAlive(identity)));
}

/** Another supervisor than this one, that answers. */
export async function nextSupervisor(crew: TemporaryCrew, before: ProcessIdentity): Promise<ProcessIdentity> {
  let next: ProcessIdentity | undefined;
  await waitFor('the keeper to bring up another supervisor', async () => {
    next = await crew.supervisor();
    return next !== undefined && next.pid !== before.pid && (await isAlive(next));
  });
  return next!;
}
