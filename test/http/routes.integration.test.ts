/** A crew that is worked with over HTTP alone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { readLiveRecord, startHttp } from '../../src/control/http-process.ts';
import { signalProcess } from '../../src/keeper/process-identity.ts';
import { startCli } from '../cli/cli-process.ts';
import { distribution, TemporaryCrew } from '../supervisor/temporary-crew.ts';
import { waitFor } from '../wait-for.ts';
import { EventReader } from './event-reader.ts';
import { assertConforms, HttpService, type Sending } from './http-service.ts';
import { promtool } from './promtool.ts';
import { goThroughDrill, goThroughRamp } from './ramp-and-drill.ts';

interface Status {
  workers: { worker_id: string; state: string; heartbeat: string | null }[];
  limits: { active: number; admissible: number; can_add: boolean };
  memory: { percent: number };
  outcomes: { worker: string; ok: boolean }[];
}

interface Changed {
  matched: number;
  changed: Record<string, number>;
}

let crew: TemporaryCrew;
let service: HttpService;
before(async () => {
  crew = TemporaryCrew.make(`pools:
  simulate: { command: python3 tasks.py, workers: 1, ramp: [{ workers: 1, soak: 1h }] }
batches:
  smoke: { pool: simulate, matrix: { seed: 1..2 }, check: same }
`);
  service = await HttpService.start(crew);
});
after(async () => {
  await service[Symbol.asyncDispose]();
  await crew[Symbol.asyncDispose]();
});

/** Asks, and holds the answer against the published document. */
async function ask(name: string, path: string, sending: Sending = {}, status = 200): Promise<never> {
  const reply = await service.ask(path, sending);
  assert.equal(reply.status, status, reply.text);
  assertConforms(name, reply);
  return (
    reply.headers['content-type']!.startsWith('application/json') ? JSON.parse(reply.text) : reply.text
  ) as never;
}
const post = { method: 'POST' };

describe('the HTTP API', () => {
  it('starts nothing by being asked, and a supervisor when a worker is added', async () => {
    await ask('workersStatus', '/api/workers/status/', {}, 503);
    await ask('health', '/health', { token: false }, 503);
    const { workers, limits, outcomes }: Status = await ask('addWorkers', '/api/workers/add/?force=true', {
      ...post,
      body: { count: 1 },
    });
    assert.deepEqual(
      workers.map(({ worker_id }) => worker_id),
      ['simulate-1'],
    );
    assert.equal(limits.active, 1);
    assert.equal(outcomes[0]!.ok, true);
  });

  it('tells of the workers in the words of the simulation model', async () => {
    let status!: Status;
    await waitFor('the worker to register', async () => {
      status = await ask('workersStatus', '/api/workers/status/');
      return status.workers[0]!.state === 'RUNNING' && status.workers[0]!.heartbeat !== null;
    });
    assert.deepEqual(Object.keys(status).sort(), ['limits', 'memory', 'workers']);
    assert.deepEqual(Object.keys(status.workers[0]!).sort(), [
      'cpu',
      'heartbeat',
      'memory',
      'pid',
      'state',
      'worker_id',
    ]);
    assert.match(status.workers[0]!.heartbeat!, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.match(await ask('workersFragment', '/htmx/workers/status/'), /data-worker="simulate-1"/);
    await ask('tick', '/workers/tick/', post);
    const { headline }: { headline: string } = await ask('explainWorker', '/api/workers/simulate-1/explain/');
    assert.match(headline, /^simulate-1 is ready and has nothing to do/);
  });

  it('enqueues, lists, shows and cancels jobs', async () => {
    const request = { request: 'once', pool: 'simulate', source: { matrix: { seed: '1..5' } } };
    const { firstJob, batch }: { firstJob: number; batch: number } = await ask('enqueueJobs', '/api/jobs/', {
      ...post,
      body: request,
    });
    const again: { batch: number } = await ask('enqueueJobs', '/api/jobs/', { ...post, body: request });
    assert.equal(again.batch, batch, 'asked again, nothing is enqueued twice');
    await waitFor('the jobs to be done', async () => {
      const { total }: { total: number } = await ask('listJobs', `/api/jobs/?state=done&batch=${batch}`);
      return total === 5;
    });
    const page: { total: number; jobs: { id: number }[] } = await ask(
      'listJobs',
      '/api/jobs/?state=done&state=failed&pool=simulate&newestFirst=true&offset=1&limit=2',
    );
    assert.deepEqual([page.total, page.jobs.map(({ id }) => id)], [5, [firstJob + 3, firstJob + 2]]);
    const shown: { attemptHistory: unknown[] } = await ask('showJob', `/api/jobs/${firstJob}/`);
    assert.equal(shown.attemptHistory.length, 1);
    const { headline }: { headline: string } = await ask('explainJob', `/api/jobs/${firstJob}/explain/`);
    assert.match(headline, new RegExp(`^Job ${firstJob} is done: attempt 1 on \\S+ took`));
    await ask('cancelJob', `/api/jobs/${firstJob}/cancel/`, post, 409);
    const waiting: { firstJob: number; batch: number } = await ask('enqueueJobs', '/api/jobs/', {
      ...post,
      body: { pool: 'simulate', task: 'wait', source: { parameters: { seconds: 600 } } },
    });
    await ask('cancelJob', `/api/jobs/${waiting.firstJob}/cancel/`, post);
    await waitFor('the job to be cancelled', async () => {
      const { state }: { state: string } = await ask('showJob', `/api/jobs/${waiting.firstJob}/`);
      return state === 'cancelled';
    });
    const select = { filter: { batch: waiting.batch, states: ['cancelled'] } };
    const changed = (name: string, body: object, status = 200): Promise<Changed> =>
      ask(`${name}Jobs`, `/api/jobs/${name}/`, { ...post, body }, status);
    const dry = await changed('requeue', { ...select, dryRun: true });
    assert.deepEqual([dry.matched, dry.changed], [1, { cancelled: 1 }]);
    await changed('requeue', { jobs: [waiting.firstJob], fresh: true });
    const urgent = await changed('reprioritise', { filter: { batch: waiting.batch }, priority: 7 });
    assert.equal(urgent.matched, 1);
    const shownAgain: { priority: number } = await ask('showJob', `/api/jobs/${waiting.firstJob}/`);
    assert.equal(shownAgain.priority, 7);
    await changed('requeue', { jobs: [waiting.firstJob] }, 409);
    assert.equal((await changed('cancel', { filter: { pool: 'simulate' } })).matched, 1);
    await changed('cancel', {}, 400);
    await changed('cancel', { jobs: [1], filter: {} }, 400);
    await changed('cancel', { filter: { pool: 'nothing' } }, 404);
    await changed('cancel', { filter: { colour: 'red' } }, 400);
    await ask('forecast', '/api/forecast/?pool=simulate&more=2');
    await ask('forecast', '/api/forecast/?pool=nothing', {}, 404);
    await ask('forecast', '/api/forecast/?more=many', {}, 400);
    await ask('testAlerts', '/api/alerts/test/', post);
    await ask('listBatches', '/api/batches/?name=nothing');
    await ask('listBatches', '/api/batches/');
    await ask('listPools', '/api/pools/');
    await ask('metricsHistory', '/api/metrics/?of=simulate&step=60');
    await ask('metricsHistory', '/api/metrics/?aggregated=true');
    await ask('crewState', '/api/crew/');
    await ask('health', '/health');
    await ask('openApi', '/openapi.json');
  });

  it('does to workers what every other face can', async () => {
    const named = { worker_id: 'simulate-1' };
    const command = async (word: string, body: object, status = 200): Promise<Status> =>
      ask(`${word}Workers`, `/api/workers/${word}/`, { ...post, body }, status);
    await waitFor('the worker to be free', async () => {
      const { workers }: { workers: { job?: object }[] } = await ask('crewState', '/api/crew/');
      return workers.every(({ job }) => job === undefined);
    });
    for (const word of ['pause', 'freeze', 'continue', 'resume']) {
      const { outcomes } = await command(word, named);
      assert.deepEqual(
        outcomes.map(({ worker, ok }) => [worker, ok]),
        [['simulate-1', true]],
        word,
      );
    }
    assert.equal((await command('stop', { labels: { domain: 'law' } })).outcomes.length, 0);
    await command('remove', named, 409);
    await command('abort', {}, 400);
    await command('abort', { all: true, pool: 'simulate' }, 400);
    await command('stop', { worker_id: 'simulate-9' }, 404);
    await command('stop', { pool: 'simulate' });
    await waitFor('it to have ended', async () => {
      const { workers }: Status = await ask('workersStatus', '/api/workers/status/');
      return workers[0]!.state === 'DEAD';
    });
    await command('restart', { all: true, force: true });
    await waitFor('it to run again', async () => {
      const { workers }: Status = await ask('workersStatus', '/api/workers/status/');
      return workers[0]!.state === 'RUNNING';
    });
  });

  it('starts, pauses, resumes and abandons ramps', () => goThroughRamp(ask));
  it('drills, and says what came of it', () => goThroughDrill(ask));

  it('counts workers as admission does', async () => {
    const { pools }: { pools: { pool: string; more: number; refusal?: object }[] } = await ask(
      'room',
      '/api/room/',
    );
    assert.deepEqual(
      pools.map(({ pool, more, refusal }) => [pool, more < 100 || refusal === undefined]),
      [['simulate', true]],
    );
    const { limits }: Status = await ask('workersStatus', '/api/workers/status/');
    assert.equal(limits.can_add, limits.admissible > limits.active);
  });

  it('says of what does not exist that it does not', async () => {
    await ask('abortWorker', '/api/workers/simulate-9/abort/', post, 404);
    await ask('drainWorkers', '/api/workers/drain/?worker_id=simulate-9', post, 404);
    await ask('drainWorkers', '/api/workers/drain/', { ...post, body: { pool: 'nothing' } }, 404);
    await ask('drainWorkers', '/api/workers/drain/?worker_id=a&pool=b', post, 400);
    await ask('addWorkers', '/api/workers/add/?pool=nothing', post, 404);
    await ask('showJob', '/api/jobs/999999/', {}, 404);
    await ask('explainJob', '/api/jobs/999999/explain/', {}, 404);
    await ask('explainWorker', '/api/workers/nobody-1/explain/', {}, 404);
    await ask('cancelJob', '/api/jobs/999999/cancel/', post, 404);
    await ask('listJobs', '/api/jobs/?pool=nothing', {}, 404);
    await ask('metricsHistory', '/api/metrics/?of=nothing', {}, 404);
    await ask('metricsHistory', '/api/metrics/?since=2000&until=1000', {}, 400);
    const body = { pool: 'nothing', source: { parameters: {} } };
    await ask('enqueueJobs', '/api/jobs/', { ...post, body }, 404);
    const missing = { pool: 'simulate', source: { csv: '/nothing.csv' } };
    await ask('enqueueJobs', '/api/jobs/', { ...post, body: missing }, 404);
  });

  it('gives metrics that promtool accepts', async (test) => {
    const text: string = await ask('metrics', '/metrics');
    assert.match(text, /^nightcrew_jobs\{pool="simulate",state="done"\} 9$/m);
    assert.doesNotMatch(text, /batch|job=/);
    const tool = promtool();
    if (!tool && process.env['NIGHTCREW_REQUIRE_TOOLS']) assert.fail('promtool is missing');
    if (!tool) return test.skip('promtool is not installed (Debian package prometheus)');
    const { status, stdout, stderr } = spawnSync(tool, ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  });

  it('tells what changes, goes on behind the last event, and outlives the supervisor', async () => {
    const first = new EventReader(service);
    const start = await first.until('the state', ({ event }) => event === 'state');
    await ask('enqueueJobs', '/api/jobs/', {
      ...post,
      body: { pool: 'simulate', source: { parameters: { a: 1 } } },
    });
    await first.until('a job that ended', ({ event, data }) => event === 'delta' && 'recent' in data);
    first.close();
    const second = new EventReader(service, start.id);
    const last = first.events.at(-1)!;
    await second.until('what was missed', ({ id }) => id === last.id);
    assert.deepEqual(second.events.slice(0, first.events.length - 1), first.events.slice(1));
    const stranger = new EventReader(service, '0123456789ab.1');
    assert.equal((await stranger.until('an event', () => true)).event, 'state');
    stranger.close();

    await signalProcess((await crew.supervisor())!, 'SIGKILL');
    await second.until('the loss', ({ event }) => event === 'lost');
    const meanwhile = await service.ask('/api/ramps/');
    if (meanwhile.status !== 200)
      assert.match(meanwhile.text, /connection to the supervisor was lost|has died; its keeper/);
    // A command line waits for the successor.
    assert.equal((await startCli(crew, 'status').result).exitCode, 0);
    const fresh = await second.until('the state of another supervisor', ({ event }) => event === 'state');
    const serverOf = ({ data }: { data: Record<string, unknown> }): unknown =>
      (data['server'] as { serverId: string }).serverId;
    assert.notEqual(serverOf(fresh), serverOf(start));
    assert.equal((await service.ask('/health', { token: false })).status, 200);
    second.close();
  });

  it('drains one worker when none is named, and aborts', async () => {
    const { outcomes }: Status = await ask('drainWorkers', '/api/workers/drain/', post);
    assert.deepEqual(
      outcomes.map(({ worker, ok }) => [worker, ok]),
      [['simulate-1', true]],
    );
    await waitFor('the worker to end', async () => {
      const { workers }: Status = await ask('workersStatus', '/api/workers/status/');
      return workers[0]!.state === 'DEAD';
    });
    await ask('drainWorkers', '/api/workers/drain/', post, 409);
    const added: Status = await ask('addWorkers', '/api/workers/add/', {
      ...post,
      body: { pool: 'simulate', force: true },
    });
    const { worker } = added.outcomes[0]!;
    await ask('abortWorker', `/api/workers/${worker}/abort/`, post);
  });

  it('keeps its files private, and serves a workspace once', async () => {
    const { tokenFile, headerFile, recordFile } = service.report;
    for (const file of [tokenFile, headerFile, recordFile]) {
      assert.equal(statSync(file).mode & 0o777, 0o600, file);
    }
    const { workspace, environment } = crew;
    const second = await startHttp({ workspace, environment, distribution, port: 0 }, () => undefined);
    assert.equal(second.report.served, false);
    assert.equal('held' in second.report && second.report.held, service.url);
    assert.equal(await second.ended, 1);
  });
});

describe('nightcrew serve', () => {
  it('serves until it is interrupted or killed, with a token that stays', async () => {
    await service[Symbol.asyncDispose]();
    assert.equal(existsSync(service.report.recordFile), false);
    const serve = startCli(crew, 'serve');
    await serve.shows(/answers at http:\/\/127\.0\.0\.1:\d+ until Ctrl-C/);
    // It is printed line by line.
    await serve.shows(/openapi\.json\n/);
    assert.ok(!serve.shown.includes(service.token));
    const [, header, url] = /curl -H @(\S+) (\S+\/api\/workers\/status\/)/.exec(serve.shown)!;
    assert.equal(header, service.report.headerFile);
    const reply = await fetch(url!, { headers: { Authorization: `Bearer ${service.token}` } });
    assert.equal(reply.status, 200);
    await reply.text();
    serve.child.kill('SIGINT');
    assert.equal((await serve.result).exitCode, 0);

    const killed = startCli(crew, 'serve --json');
    await killed.shows(/"url"/);
    const record = await readLiveRecord(service.report);
    assert.ok(record);
    killed.child.kill('SIGKILL');
    await waitFor(
      'the service to end with its terminal',
      async () => !(await readLiveRecord(service.report)),
    );
    service = await HttpService.start(crew);
  });
});
