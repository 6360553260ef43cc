/** What is above a limit of the protocol fails the attempt with the reason; nothing hangs, whoever wrote the SDK. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TemporaryCrew, workerOf } from './temporary-crew.ts';

const crewFile = `
pools:
  foreign: { command: python3 foreign.py, workers: 1, attempts: 1 }
`;

/** A worker without an SDK that sends whatever its job says, and accepts jobs ahead. */
const foreign = `
import os, time
from by_hand import receive, register, send
register(prefetch=8)
while True:
    message = receive()
    if message.get("method") == "job/run":
        params = message["params"]
        kind = params["parameters"].get("kind")
        of = {"jobId": params["jobId"], "attempt": params["attempt"]}
        large = "x" * params["parameters"].get("bytes", 0)
        if kind == "result":
            send({"id": message["id"], "result": {"result": large}})
        elif kind == "checkpoint":
            send({"method": "job/checkpoint", "params": {**of, "checkpoint": large}})
            time.sleep(3600)
        elif kind == "progress":
            send({"method": "$/progress", "params": {**of, "message": large}})
            time.sleep(3600)
        else:
            send({"id": message["id"], "result": {"result": os.getpid()}})
    elif "id" in message:
        send({"id": message["id"], "result": None})
`;

describe('a worker that sends more than the protocol takes', () => {
  it('fails that attempt with the reason, and no other job', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    writeFileSync(join(crew.workspace, 'foreign.py'), foreign);
    const client = await crew.connect();
    const run = async (parameters: Record<string, unknown>): Promise<number> =>
      (await client.request('enqueue', { pool: 'foreign', source: { parameters } })).firstJob;
    const ended = async (
      job: number,
    ): Promise<{ state: string; error?: { message: string }; result?: unknown }> => {
      await crew.until(
        client,
        `the end of job ${job}`,
        ({ recent }) => recent.some(({ id }) => id === job),
        60,
      );
      return client.request('job', { job });
    };
    // One behind the other, so that some are sent ahead: it is the right one that fails.
    const jobs = [await run({}), await run({ kind: 'result', bytes: 70_000_000 }), await run({})];
    await client.request('up', {});
    const [before, large, after] = [await ended(jobs[0]!), await ended(jobs[1]!), await ended(jobs[2]!)];
    assert.equal(large.state, 'failed');
    assert.match(
      large.error!.message,
      /^A message of its worker had 70,000,\d{3} bytes; at most 67,108,864 are taken\. Write large data to a file/,
    );
    assert.deepEqual([before.state, after.state], ['done', 'done']);
    assert.equal(after.result, before.result, 'the worker that has answered goes on');

    for (const [parameters, reason] of [
      [{ kind: 'progress', bytes: 70_000_000 }, /A message of its worker had 70,000,\d{3} bytes/],
      [
        { kind: 'checkpoint', bytes: 40_000_000 },
        /A checkpoint of its worker had 40,000,\d{3} bytes; at most 33,554,432/,
      ],
    ] as const) {
      const { launch } = workerOf(await client.request('status', {}), 'foreign-1');
      const job = await ended(await run(parameters));
      assert.equal(job.state, 'failed');
      assert.match(job.error!.message, reason);
      await crew.until(client, 'the worker to be back', (state) => {
        const worker = workerOf(state, 'foreign-1');
        return worker.launch === launch + 1 && worker.healthy;
      });
    }
    assert.equal((await ended(await run({}))).state, 'done');
  });
});
