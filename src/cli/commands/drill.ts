/** `drill`: runs batches several times over and checks every result. */
import { Command } from 'commander';
import type { ControlClient } from '../../control/client-contract.ts';
import type { CrewState } from '../../control/crew-state.ts';
import type { DrillRuns } from '../../control/enqueue-request.ts';
import { reportDrill, type DrillReport } from '../../control/drill-report.ts';
import { quantity } from '../../core/quantity.ts';
import { isLive } from '../../core/worker-state.ts';
import { CliError } from '../cli-error.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { CrewFollower } from '../crew-follower.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { integer } from '../option-values.ts';
import { plainText } from '../plain-text.ts';
import { renderTable } from '../table.ts';

interface DrillOptions {
  times: number;
  json?: boolean;
}

export function drillCommand(act: Act): Command {
  return new Command('drill')
    .summary('run batches several times over and check every result')
    .description(
      'Runs batches of nightcrew.yaml (all, when none is named) several times, on the workers that live, and checks that every ' +
        'job is done at its first attempt. With `check: same` of a batch each job has to give the same result every time, with ' +
        '`check: { matches: … }` one that fits a regular expression. The runs wait behind all other jobs, all at once, so that ' +
        'many workers are at it. Ends with 1 when anything differed. A good thing to do at each step of a ramp.',
    )
    .argument('[batch...]', 'batches of the crew file')
    .option('-n, --times <number>', 'runs of each batch', integer, 10)
    .option('--json', 'print as JSON: { ok, drills }')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew drill', 'each batch ten times'],
        ['nightcrew drill smoke --times 3', 'one batch three times'],
      ]),
    )
    .action(act(drill));
}

async function drill(
  context: CommandContext,
  names: string[],
  { times, json }: DrillOptions,
): Promise<ExitCode> {
  const client = await context.connect();
  const { clock, terminal } = context;
  await requireWorkers(client, names);
  const follower = new CrewFollower({ client, reconnect: () => context.connectIfAlive(), clock });
  try {
    const { drills } = await client.request('drill', {
      ...(names.length > 0 ? { batches: [...new Set(names)] } : {}),
      times,
    });
    const jobs = drills.flatMap(({ runs }) => runs).reduce((sum, { count }) => sum + count, 0);
    if (!json)
      terminal.print(
        `${quantity(drills.length, 'batch', 'batches')}, ${quantity(times, 'run')} of each, ${quantity(jobs, 'job')}; they wait behind all others.`,
      );
    await follower.start();
    await follower.until((state) => drills.every((runs) => haveEnded(runs, state)));
    const judged: DrillReport[] = [];
    for (const runs of drills)
      judged.push(await reportDrill(runs, (page) => follower.client.request('jobs', page)));
    const ok = judged.every((verdict) => verdict.ok);
    if (json) terminal.print(JSON.stringify({ ok, drills: judged }));
    else for (const line of renderDrills(judged)) terminal.print(line);
    return ok ? ExitCode.ok : ExitCode.failed;
  } finally {
    follower.stop();
  }
}

/** Otherwise it would wait for ever. */
async function requireWorkers(client: ControlClient, names: readonly string[]): Promise<void> {
  const { workers, crewFile } = await client.request('status', {});
  const chosen = crewFile.batches.filter(({ name }) => names.length === 0 || names.includes(name));
  const idle = chosen.find(
    ({ pool }) => !workers.some((worker) => worker.pool === pool && isLive(worker.state)),
  );
  if (!idle) return;
  throw new CliError(ExitCode.failed, `No worker of ${idle.pool} lives, which ${idle.name} is for.`, {
    nextStep: `Start some: nightcrew up ${idle.pool}, or nightcrew ramp start ${idle.pool}.`,
  });
}

/** One that is not shown any more has ended, and was archived. */
function haveEnded({ runs }: DrillRuns, { batches }: CrewState): boolean {
  return runs.every(({ batch }) => {
    const counts = batches.find(({ id }) => id === batch)?.counts;
    return !counts || counts.pending + counts.running === 0;
  });
}

export function renderDrills(drills: readonly DrillReport[]): string[] {
  const table = renderTable(
    [
      { title: 'BATCH' },
      { title: 'POOL' },
      { title: 'RUNS', align: 'right' },
      { title: 'JOBS', align: 'right' },
      { title: 'VERDICT' },
    ],
    drills.map(({ batch, pool, runs, jobs, verdict }) => [
      batch,
      pool,
      String(runs),
      jobs.toLocaleString('en'),
      verdict,
    ]),
    {},
  );
  const told = drills.flatMap(({ batch, problems, failed, unfit, different }) => {
    const more = failed + unfit + different - problems.length;
    return [
      ...problems.map((problem) => `${batch}: ${plainText(problem)}`),
      ...(more > 0 ? [`${batch}: and ${more.toLocaleString('en')} more`] : []),
    ];
  });
  return told.length === 0 ? table : [...table, '', ...told];
}
