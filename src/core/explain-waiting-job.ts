/** Why a job waits: what keeps everything from being given out, then its own delay, then the workers that may take it, then its turn. */
import { outcomeClause } from './explain-attempts.ts';
import type { CrewFacts, JobFacts, PoolFacts, WorkerFacts } from './explain-facts.ts';
import { addStep, crewFileStep, requeueStepOf, upStep } from './explain-steps.ts';
import { itsTurn, queueFacts } from './explain-turn.ts';
import { all, clause, listed, type Account, type ExplanationFact, type NextStep } from './explanation.ts';
import { quantity } from './quantity.ts';
import { routeAccepts } from './route.ts';
import { inTime, obstacleOf, type Obstacle } from './worker-obstacle.ts';

/** One thing that keeps it from being run. */
interface Hindrance {
  /** `waits because the disk takes no writes`. */
  headline: string;
  steps: NextStep[];
}

export function explainWaitingJob(facts: JobFacts): Account {
  const hindrances = [...stoppages(facts.crew), ...delay(facts), ...workersMissing(facts)];
  const [first, ...others] = hindrances;
  const turn = first ? undefined : itsTurn(facts);
  return {
    headline: `${(first ?? turn)!.headline}.`,
    facts: [
      ...others.map(({ headline }) => ({ text: `It also ${headline}`, source: 'now' })),
      ...queueFacts(facts),
      ...rampFacts(facts),
      ...labelFacts(facts),
    ],
    nextSteps: [
      ...hindrances.flatMap(({ steps }) => steps),
      ...(turn?.steps ?? []),
      ...(facts.pool?.ramp ? [RAMP_STEP] : []),
    ],
  };
}

/** What stops all jobs. */
function stoppages({ troubles }: CrewFacts): Hindrance[] {
  return troubles
    .filter(({ kind }) => kind !== 'room')
    .map(({ kind, message, nextStep }) => ({
      headline: `waits because ${kind === 'storage' ? 'nothing is given out while the disk takes no writes' : 'the workers are not started again'} (${clause(message)})`,
      steps:
        nextStep === undefined
          ? [{ text: 'Mend the cause; work goes on by itself then' }]
          : [{ text: nextStep }],
    }));
}

function delay({ job, crew }: JobFacts): Hindrance[] {
  if (job.notBefore === undefined || job.notBefore <= crew.now) return [];
  const last = job.attemptHistory.at(-1);
  const why = last ? `attempt ${last.attempt} ${outcomeClause(last)}` : 'its last attempt failed';
  const left = inTime(job.notBefore, crew.now);
  return [
    {
      headline: `waits for another try ${left}: ${why}; ${job.failures} of ${job.maxAttempts} failures`,
      steps: [
        { text: `Wait: it is tried again by itself ${left}` },
        requeueStepOf(job.id, 'Try it at once, with its failures forgotten'),
      ],
    },
  ];
}

/** Why none of the workers that may take it takes jobs. */
function workersMissing({ job, pool, crew }: JobFacts): Hindrance[] {
  if (!pool) {
    return [
      {
        headline: `waits because there is no pool ${job.pool} any more`,
        steps: [crewFileStep(`Describe pool ${job.pool} in nightcrew.yaml`), upStep(job.pool)],
      },
    ];
  }
  const atRest = notRunning(pool, crew);
  if (pool.workers.length === 0) return atRest.length > 0 ? atRest : [noWorkers(pool, crew)];
  const eligible = pool.workers.filter(({ labels }) => routeAccepts(job.route, labels));
  if (eligible.length === 0) return [...atRest, noMatch(job.route, pool)];
  if (atRest.length > 0) return atRest;
  const obstacles = eligible.map((worker) => ({
    worker,
    obstacle: obstacleOf(worker, { ...crew, ...pool }),
  }));
  if (obstacles.some(({ obstacle }) => obstacle === undefined)) return [];
  return [nobodyTakes(obstacles as Blocked[], pool, job.route)];
}

/** The whole crew was sent home, or never came. */
function notRunning(
  { name, asked, workers }: PoolFacts,
  { wanted, crewFileProblem }: CrewFacts,
): Hindrance[] {
  if (wanted || asked === undefined || workers.some(({ phase }) => phase !== 'ended')) return [];
  return [
    {
      headline: 'waits because the crew is not running: it was ended, or was not started yet',
      steps: [...problemSteps(crewFileProblem), upStep(name)],
    },
  ];
}

function problemSteps(problem: CrewFacts['crewFileProblem']): NextStep[] {
  return problem ? [crewFileStep(`Correct ${problem.place}: ${clause(problem.message)}`)] : [];
}

function noWorkers(pool: PoolFacts, crew: CrewFacts): Hindrance {
  const { name, asked, neverFits } = pool;
  const isAsked = asked !== undefined && asked > 0;
  const because =
    asked === undefined
      ? `, and nightcrew.yaml does not have this pool any more`
      : isAsked
        ? `, although nightcrew.yaml asks for ${asked}`
        : ', and nightcrew.yaml asks for none';
  const never =
    neverFits.length === 0 ? '' : `; one of them can never fit on this machine: it ${neverFits.join('; ')}`;
  return {
    headline: `waits because pool ${name} has no workers${because}${never}`,
    steps: [
      ...problemSteps(crew.crewFileProblem),
      ...(neverFits.length > 0 ? [crewFileStep(`Ask for less in pool ${name} of nightcrew.yaml`)] : []),
      ...(isAsked ? [upStep(name)] : []),
      addStep(name),
    ],
  };
}

function noMatch(route: string, { name, workers }: PoolFacts): Hindrance {
  const labels = labelsOf(route);
  const flags = labels.map((label) => ` --label ${quoted(label)}`).join('');
  const lacks = `the ${labels.length === 1 ? 'label' : 'labels'} ${listed(labels)}`;
  return {
    headline:
      workers.length === 1
        ? `waits because ${workers[0]!.id}, the only worker of pool ${name}, does not have ${lacks}`
        : `waits because none of the ${workers.length} workers of pool ${name} has ${lacks}`,
    steps: [
      { text: 'Start a worker with these labels', cli: `nightcrew add ${name}${flags}` },
      crewFileStep(
        `Add them under \`workers:\` of pool ${name} in nightcrew.yaml, then start the crew again`,
      ),
    ],
  };
}

interface Blocked {
  worker: WorkerFacts;
  obstacle: Obstacle;
}

function nobodyTakes(blocked: readonly Blocked[], pool: PoolFacts, route: string): Hindrance {
  const [{ worker, obstacle: first }] = blocked as [Blocked, ...Blocked[]];
  const isAlike = blocked.every(({ obstacle }) => obstacle.kind === first.kind);
  const whose = `${route === '' ? '' : ` with ${listed(labelsOf(route))}`} of pool ${pool.name}`;
  const forAll = isAlike && blocked.length === pool.workers.length ? poolSteps(first.kind, pool) : [];
  const steps = forAll.length > 0 ? forAll : blocked.flatMap(({ obstacle }) => obstacle.steps);
  if (blocked.length === 1) {
    return { headline: `waits because ${worker.id}, the only worker${whose}, ${first.clause}`, steps };
  }
  if (isAlike && first.ofAll !== undefined) {
    return { headline: `waits because ${all(blocked.length)}${whose} ${first.ofAll}`, steps };
  }
  const each = blocked.map(({ worker: { id }, obstacle }) => `${id} ${obstacle.clause}`);
  return {
    headline: `waits because none of the ${blocked.length} workers${whose} takes jobs: ${each.slice(0, 3).join(', ')}${each.length > 3 ? `, and so on (${each.length - 3} more)` : ''}`,
    steps,
  };
}

/** One command for all of them, before those for each. */
function poolSteps(kind: string, { name, workers }: PoolFacts): NextStep[] {
  if (workers.length < 2) return [];
  if (kind === 'paused') {
    return [
      {
        text: `Let all workers of pool ${name} take jobs again`,
        cli: `nightcrew resume --pool ${name}`,
        command: { name: 'resumePool', on: { pool: name } },
      },
    ];
  }
  if (kind === 'frozen') {
    return [
      {
        text: `Let all workers of pool ${name} go on`,
        cli: `nightcrew continue --pool ${name}`,
        command: { name: 'continuePool', on: { pool: name } },
      },
    ];
  }
  return kind === 'ended' || kind === 'failed' || kind === 'unstarted' ? [upStep(name)] : [];
}

const RAMP_STEP: NextStep = {
  text: 'See how the ramp of its pool stands, and what it waits for',
  cli: 'nightcrew ramp',
};

function rampFacts({ pool }: JobFacts): ExplanationFact[] {
  if (!pool?.ramp) return [];
  const { workers, text } = pool.ramp;
  return [
    {
      text: `Its ramp lets pool ${pool.name} have ${quantity(workers, 'worker')} for now: ${clause(text)}`,
      source: 'ramp',
    },
  ];
}

function labelFacts({ job }: JobFacts): ExplanationFact[] {
  if (job.route === '') return [];
  return [
    {
      text: `Only workers with ${listed(labelsOf(job.route))} may take it (\`match\` of its batch)`,
      source: 'queue',
    },
  ];
}

/** `annotator=ada`, as a route has them. */
function labelsOf(route: string): string[] {
  return route.split('&').map((pair) => decodeURIComponent(pair));
}

/** For a shell, when it would not take it as it is. */
function quoted(text: string): string {
  return /^[\w=.@/+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
