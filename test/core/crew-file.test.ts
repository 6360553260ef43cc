import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { parseCrewFile } from '../../src/core/crew-file.ts';
import { MISTAKES, MISTAKES_BEYOND_SCHEMA } from './crew-file-mistakes.ts';

const FILE = '/home/ada/study/nightcrew.yaml';

/** Problems as `line:column message next step`, to compare at a glance. */
function problemsOf(text: string): string[] {
  return parseCrewFile(text, FILE).problems.map(({ line, column, message, nextStep }) =>
    [`${line}:${column}`, message, nextStep].filter((part) => part !== undefined).join(' '),
  );
}

function readAutoRestarts(...values: string[]): unknown[] {
  return values.map((value) => {
    const { pools } = parseCrewFile(`pools: { a: { command: x, autoRestart: ${value} } }`, FILE);
    return pools[0]?.autoRestart;
  });
}

const COMPLETE = `
x-common: &common
  memory: 8GB
  timeout: 48h
pools:
  simulate:
    <<: *common
    command: python simulate.py --title "a b"
    workers: 4
    cpus: 2
    gpus: 1
    attempts: 5
    heartbeat: 10s
    startup: 1m 30s
    grace: 10s
    cleanup: 1h
    env: { OMP_NUM_THREADS: 1, R_VERSION: 3.10, EMPTY: }
  annotate:
    command: [python, annotate.py, --model, small model]
    workers: { annotator: [ada, ben], domain: [law, news], fold: 1..2 }
  calibrate:
    run: Rscript calibrate.R --site {site}
    timeout: 90
    health: { errors: 2.5 %, memory: 2GB, progress: 1h }
    outputs: results/{site}.csv
    autoRestart: [stuck, failed]
batches:
  sweep:
    pool: simulate
    matrix: { alpha: [0.1, 0.2, 0.4], seed: 1..200 }
    parameters: { steps: 1000, tag: "007" }
    priority: 3
    attempts: 2
    timeout: 1h
  texts:
    pool: annotate
    task: annotate
    csv: data/texts.csv
    match: [annotator, domain]
  sites:
    pool: calibrate
    jobs: [{ site: north }, { site: south, note: null }]
alerts:
  events: [job-failed, batch-finished]
  webhook: { file: ~/webhook }
  command: mail -s Nightcrew ada@example.org
  every: 10m
retention: { jobs: 50000, age: 90d }
`;

describe('a sound crew file', () => {
  const { pools, batches, written, alerts, retention, problems } = parseCrewFile(COMPLETE, FILE);

  it('has no problems', () => assert.deepEqual(problems, []));

  it('says what it wrote itself, and takes the rest from the defaults that it is given', () => {
    assert.deepEqual(written['calibrate'], ['run', 'timeout', 'health', 'outputs', 'autoRestart']);
    assert.ok(written['simulate']?.includes('timeout'), 'what is merged is written, too');
    const given = parseCrewFile(COMPLETE, FILE, { timeout: 7, heartbeat: 8, startup: 9 }).pools;
    assert.deepEqual(
      given.map(({ timeout, heartbeat, startup }) => [timeout, heartbeat, startup]),
      [
        [172_800, 10, 90],
        [7, 8, 9],
        [90, 8, 9],
      ],
    );
  });

  it('says whom to tell of what, and what to keep', () => {
    assert.deepEqual(alerts, {
      events: ['job-failed', 'batch-finished'],
      webhook: { file: '~/webhook' },
      command: ['mail', '-s', 'Nightcrew', 'ada@example.org'],
      notification: true,
      every: 600,
    });
    assert.deepEqual(retention, { jobs: 50_000, age: 90 * 86_400 });
  });

  it('gives each pool its settings, defaults filled in', () => {
    const [simulate, annotate, calibrate] = pools;
    assert.deepEqual(simulate, {
      name: 'simulate',
      command: ['python', 'simulate.py', '--title', 'a b'],
      protocol: 'worker',
      workers: 4,
      memory: 8e9,
      cpus: 2,
      gpus: 1,
      timeout: 172_800,
      attempts: 5,
      env: { OMP_NUM_THREADS: '1', R_VERSION: '3.10', EMPTY: '' },
      heartbeat: 10,
      startup: 90,
      grace: 10,
      cleanup: 3600,
    });
    assert.deepEqual(annotate!.command, ['python', 'annotate.py', '--model', 'small model']);
    assert.deepEqual(calibrate!.command, ['Rscript', 'calibrate.R', '--site', '{site}']);
    assert.equal(calibrate!.protocol, 'command');
    assert.equal(calibrate!.timeout, 90);
    assert.equal(calibrate!.workers, 1);
    assert.deepEqual(calibrate!.health, { errors: 0.025, memory: 2e9, progress: 3600 });
    assert.deepEqual(calibrate!.outputs, ['results/{site}.csv']);
    assert.deepEqual(calibrate!.autoRestart, ['failed', 'stuck']);
    assert.deepEqual(readAutoRestarts('true', 'false', 'stalled'), [
      ['failed', 'stalled', 'stuck'],
      [],
      ['stalled'],
    ]);
  });

  it('makes one worker for each combination of labels, as texts', () => {
    assert.equal(pools[1]!.workers, 8);
    assert.deepEqual(pools[1]!.labels, {
      annotator: ['ada', 'ben'],
      domain: ['law', 'news'],
      fold: ['1', '2'],
    });
  });

  it('gives each batch its source', () => {
    const [sweep, texts, sites] = batches;
    assert.deepEqual(sweep!.source, {
      matrix: { alpha: [0.1, 0.2, 0.4], seed: { from: 1, to: 200, step: 1 } },
    });
    assert.deepEqual(sweep!.parameters, { steps: 1000, tag: '007' });
    assert.deepEqual([sweep!.task, sweep!.priority, sweep!.attempts, sweep!.timeout], ['run', 3, 2, 3600]);
    assert.deepEqual(texts!.source, { csv: '/home/ada/study/data/texts.csv' });
    assert.deepEqual([texts!.task, texts!.match], ['annotate', ['annotator', 'domain']]);
    assert.deepEqual(sites!.source, { jobs: [{ site: 'north' }, { site: 'south', note: null }] });
    assert.equal(sites!.line, 40);
  });

  it('may be empty', () => {
    for (const text of ['', '# nothing yet\n', 'pools:\nbatches:\n']) {
      assert.deepEqual(parseCrewFile(text, FILE), {
        pools: [],
        batches: [],
        written: {},
        problems: [],
        warnings: [],
      });
    }
  });
});

describe('the definition of a batch', () => {
  const definition = (batch: string): string => {
    const { batches, problems } = parseCrewFile(
      `pools: { p: { command: c } }\nbatches: { b: { pool: p, ${batch} } }`,
      FILE,
    );
    assert.deepEqual(problems, []);
    return batches[0]!.definition;
  };
  const plain = definition('matrix: { alpha: [1, 2], seed: 1..3 }');

  it('is the same for the same jobs, however they are written and run', () => {
    assert.equal(definition('matrix: { seed: 1..3, alpha: [1, 2] }'), plain);
    assert.equal(
      definition('matrix: { alpha: [1, 2], seed: 1..3 }, priority: 5, timeout: 9h, attempts: 1'),
      plain,
    );
  });

  it('differs for other jobs', () => {
    const others = [
      'matrix: { alpha: [1, 2], seed: 1..4 }',
      'matrix: { alpha: [1, "2"], seed: 1..3 }',
      'matrix: { alpha: [1, 2], seed: 1..3 }, task: other',
      'matrix: { alpha: [1, 2], seed: 1..3 }, parameters: { steps: 1 }',
      'csv: a.csv',
      'jsonl: a.csv',
    ].map(definition);
    assert.equal(new Set([plain, ...others]).size, others.length + 1);
  });
});

describe('a crew file with a mistake names the place and the next step', () => {
  for (const [name, text, ...problems] of [...MISTAKES, ...MISTAKES_BEYOND_SCHEMA]) {
    it(name, () => assert.deepEqual(problemsOf(text).sort(), problems.sort()));
  }

  it('offers what was probably meant', () => {
    const steps = (setting: string): (string | undefined)[] =>
      parseCrewFile(`pools:\n  a:\n    command: x\n    ${setting}`, FILE).problems.map(
        ({ nextStep }) => nextStep,
      );
    for (const [written, meant] of [
      ['timeout: 48 hours', 'timeout: 48h'],
      ['timeout: 1 day and 2 hrs', 'timeout: 1d 2h'],
      ['timeout: 2 weeks', 'timeout: 14d'],
      ['startup: 90 seconds', 'startup: 90s'],
      ['heartbeat: 1 minute', 'heartbeat: 1m'],
      ['memory: 8', 'memory: 8GB'],
      ['memory: 512M', 'memory: 512MB'],
      ['memory: 8,5GB', 'memory: 8.5GB'],
      ['timeout: 2 days, 3 hours', 'timeout: 2d 3h'],
      ['memory: 2 Gi', 'memory: 2GB'],
      ['health: { errors: 2.5 }', 'errors: 2.5%'],
    ] as const)
      assert.deepEqual(steps(written), [`Write "${meant}".`]);
    assert.deepEqual(steps('workers: "4"'), ['Write "workers: 4", without quotes.']);
    assert.deepEqual(steps('memory: lots'), ['Write for example "memory: 8GB".']);
    assert.deepEqual(steps('timeout: 0'), ['Write for example "timeout: 10m".']);
  });

  it('knows where a setting belongs that stands in the wrong place', () => {
    assert.deepEqual(
      problemsOf('pools:\n  sim:\n    command: x\n    matrix: { seed: 1..3 }\n    batches: {}'),
      [
        '4:5 Pool "sim" has no setting "matrix". It belongs to a batch: write it below a name under "batches:", together with "pool:".',
        '5:5 Pool "sim" has no setting "batches". Write it at the start of a line, beside "pools:".',
      ],
    );
    assert.deepEqual(problemsOf('pools:\n  sim: { command: x }\n  workers: 4'), [
      '3:3 "workers" stands beside the pools, not in one. Indent it further than the name of its pool.',
    ]);
    assert.deepEqual(problemsOf('pools: { sim: { command: x, time: 3h } }\nbatch: {}'), [
      '1:29 Pool "sim" has no setting "time". Did you mean "timeout"?',
      '2:1 The crew file has no setting "batch". Did you mean "batches"?',
    ]);
  });

  it('takes quotes of a word processor and braces for what they were meant to be', () => {
    assert.deepEqual(problemsOf('pools: { a: { command: “python x.py” } }'), [
      '1:24 Pool "a": command begins with a typographic quote. Write " instead.',
    ]);
    assert.deepEqual(problemsOf('pools:\n  a:\n    run: {seed}'), [
      '3:10 Pool "a": run must be text, not a mapping. Put it in quotes.',
    ]);
  });

  it('keeps what is sound', () => {
    const { pools, batches, problems } = parseCrewFile(
      'pools:\n  good: { command: x }\n  bad: { command: 1 }\nbatches:\n  b: { pool: good, csv: a }\n  c: { pool: bad, csv: a, priority: high }',
      FILE,
    );
    assert.deepEqual([pools.map(({ name }) => name), batches.map(({ name }) => name)], [['good'], ['b']]);
    assert.equal(problems.length, 2);
  });

  it('is not led astray by aliases of aliases', () => {
    const laughs = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
      .map((name, index, names) => {
        const below = index === 0 ? '"lol"' : `*${names[index - 1]!}`;
        return `x-${name}: &${name} [${Array<string>(10).fill(below).join(', ')}]`;
      })
      .join('\n');
    const text = `${laughs}\npools: { p: { command: c } }\nbatches: { b: { pool: p, jobs: [{ a: *i }] } }`;
    assert.deepEqual(
      problemsOf(text).map((problem) => problem.replace(/^\d+:\d+ /, '')),
      ['The values here are too many or nested too deep. Put them in a CSV file.'],
    );
    assert.equal(
      problemsOf('pools: { p: { command: c } }\nbatches: { b: { pool: p, jobs: [{ a: &a [*a] }] } }').length,
      1,
    );
  });
});

describe('a command line that is probably not meant so', () => {
  const warningsOf = (run: string, batch: string, more = ''): string[] => {
    const { problems, warnings } = parseCrewFile(
      `pools:\n  a:\n    run: ${run}\n${more}batches:\n  b: { pool: a, ${batch} }`,
      FILE,
    );
    assert.deepEqual(problems, []);
    return warnings.map(
      ({ line, column, message, nextStep }) => `${line}:${column} ${message} ${nextStep ?? ''}`,
    );
  };

  it('has a variable of a shell for a parameter', () => {
    const warning =
      '3:10 Pool "a": run has ${seed}, which stays as it is; the jobs of batch "b" have a parameter "seed". Write {seed} for its value, or ${NIGHTCREW_PARAM_SEED} in a script that a shell reads.';
    assert.deepEqual(warningsOf('python x.py ${seed}', 'matrix: { seed: 1..3 }'), [warning]);
    assert.deepEqual(warningsOf("[sh, -c, 'x ${seed}']", 'jobs: [{ seed: 1 }]'), [warning]);
    assert.deepEqual(warningsOf('python x.py ${seed}', 'csv: a.csv, parameters: { seed: 1 }'), [warning]);
  });

  it('has a placeholder that is no parameter', () => {
    assert.deepEqual(warningsOf('x {sed}', 'matrix: { seed: 1..3 }'), [
      '3:10 Pool "a": run has {sed}, but the jobs of batch "b" have no parameter "sed": each of them would fail. Did you mean {seed}?',
    ]);
    assert.deepEqual(warningsOf('x {site}', 'matrix: { seed: 1..3 }'), [
      '3:10 Pool "a": run has {site}, but the jobs of batch "b" have no parameter "site": each of them would fail. Add it to the batch, or write {{site}} if the text {site} is meant.',
    ]);
  });

  it('is meant where it is no parameter, is set, is escaped or comes from a file', () => {
    assert.deepEqual(warningsOf('x ${HOME} {seed} {{site}}', 'matrix: { seed: 1..3 }'), []);
    assert.deepEqual(warningsOf('x ${seed}', 'matrix: { seed: 1..3 }', '    env: { seed: 7 }\n'), []);
    assert.deepEqual(warningsOf('x {site}', 'csv: sites.csv'), []);
  });
});

describe('the schema', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../protocol/schema/crew-file.schema.json', import.meta.url), 'utf8'),
  ) as Record<string, unknown>;
  const validate = new Ajv2020({ allowUnionTypes: true, strictTypes: false, strictRequired: false }).compile(
    schema,
  );
  const isValid = (text: string): boolean => validate(parse(text, { merge: true }));

  it('accepts what the reader accepts', () => {
    assert.ok(isValid(COMPLETE), JSON.stringify(validate.errors));
    assert.ok(isValid(''));
  });

  for (const [name, text] of MISTAKES) {
    it(`refuses what the reader refuses: ${name}`, () => assert.equal(isValid(text), false));
  }

  for (const [name, text] of MISTAKES_BEYOND_SCHEMA.filter(
    ([, text]) => !/ a: { command: y|\*none|<<: \*a/.test(text),
  )) {
    it(`leaves to the reader: ${name}`, () => assert.equal(isValid(text), true));
  }
});
