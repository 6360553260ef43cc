import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { idsOf } from '../../src/core/id-ranges.ts';
import type { JobState, PendingJob } from '../../src/core/job.ts';
import type { LanePosition } from '../../src/core/lane-position.ts';
import type { JobFilter } from '../../src/core/job-records.ts';
import { Projection } from '../../src/store/projection.ts';
import { answer } from '../../src/store/queries/answer.ts';
import { idsInStates } from '../../src/store/queries/job-list.ts';
import { defineSearch } from '../../src/store/queries/job-scan.ts';
import { PENDING_HEAD_STATEMENTS } from '../../src/store/queries/pending-head.ts';
import { CrewModel, type ModelJob } from './crew-model.ts';
import { engine } from './dump.ts';

/** A crew that has lived for a while, and what it knows of its jobs. */
function livedCrew(): { projection: Projection; model: CrewModel } {
  const { model, events } = CrewModel.live(
    Array.from({ length: 1500 }, (_, index) => (index * 7919) % 100_003),
  );
  const projection = Projection.empty(engine);
  projection.apply(events.map((event, index) => ({ s: index + 1, n: 1, t: 1000 + index, e: [event] })));
  defineSearch(projection.database);
  return { projection, model };
}

const { projection, model } = livedCrew();
after(() => projection.database.close());

const states = ['pending', 'running', 'done', 'failed', 'cancelled'] satisfies JobState[];

/** Best first: higher priority, then lower id. Said here again, so that the queries are held against it. */
function byRank(a: LanePosition, b: LanePosition): number {
  return b.priority - a.priority || a.id - b.id;
}

describe('the job list', () => {
  const filters = fc.record(
    {
      pool: fc.constantFrom('simulate', 'tag', 'nowhere'),
      batch: fc.integer({ min: 0, max: 60 }),
      states: fc.subarray(states),
      worker: fc.constantFrom('simulate-1', 'tag-2', 'nobody'),
      enqueuedSince: fc.integer({ min: 1000, max: 2500 }),
      enqueuedUntil: fc.integer({ min: 1000, max: 2500 }),
      newestFirst: fc.boolean(),
    },
    { requiredKeys: [] },
  );

  const batches = answer(projection, 'batches', {});
  const enqueuedAt = (job: ModelJob): number => batches.find(({ id }) => id === job.batch)!.enqueuedAt;

  function matches(job: ModelJob, filter: JobFilter): boolean {
    return (
      (filter.pool === undefined || job.pool === filter.pool) &&
      (filter.batch === undefined || job.batch === filter.batch) &&
      (filter.worker === undefined || job.worker === filter.worker) &&
      (filter.enqueuedSince === undefined || enqueuedAt(job) >= filter.enqueuedSince) &&
      (filter.enqueuedUntil === undefined || enqueuedAt(job) < filter.enqueuedUntil) &&
      (!filter.states?.length || filter.states.includes(job.state))
    );
  }

  it('is every page of exactly the jobs that match, with their number', () => {
    fc.assert(
      fc.property(filters, fc.nat({ max: 300 }), fc.integer({ min: 1, max: 80 }), (filter, offset, limit) => {
        const expected = model.jobs.filter((job) => matches(job, filter)).map(({ id }) => id);
        if (filter.newestFirst) expected.reverse();
        const { total, jobs } = answer(projection, 'jobs', { ...filter, offset, limit });
        assert.equal(total, expected.length);
        assert.deepEqual(
          jobs.map(({ id }) => id),
          expected.slice(offset, offset + limit),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('is told as ranges by batch and state, for a change of many', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        const groups = answer(projection, 'jobGroups', { filter });
        const found = groups.flatMap(({ batch, state, ids }) =>
          [...idsOf(ids)].map((id) => ({ id, batch, state })),
        );
        const expected = model.jobs.filter((job) => matches(job, filter));
        assert.deepEqual(
          found.sort((one, other) => one.id - other.id),
          expected.map(({ id, batch, state }) => ({ id, batch, state })),
        );
      }),
      { numRuns: 200 },
    );
    const ids = model.jobs.map(({ id }) => id).filter((id) => id % 3 === 0);
    const named = answer(projection, 'jobGroups', { ids: [...ids, 1_000_000] });
    assert.deepEqual(
      named.flatMap((group) => [...idsOf(group.ids)]).sort((one, other) => one - other),
      ids,
    );
  });

  it('finds text anywhere in parameters, result and error, whatever its case', () => {
    const found = (search: string): number =>
      answer(projection, 'jobs', { search, offset: 0, limit: 0 }).total;
    const errors = projection.database.number(`SELECT count(*) FROM jobs WHERE error LIKE '%diverged%'`);
    assert.ok(errors > 0);
    assert.equal(found('DIVERGED'), errors);
    const umlauts = projection.database.number(`SELECT count(*) FROM jobs WHERE parameters LIKE '%zeile%'`);
    assert.ok(umlauts > 0);
    assert.equal(found('ZEILE 0 Ü') + found('zeile 1 ü') > 0, true);
    assert.equal(found('Ü'), found('ü'));
    const results = projection.database.number(`SELECT count(*) FROM jobs WHERE result LIKE '%energy%'`);
    assert.ok(results > 0);
    assert.equal(found('é\n"\\'), results, 'as it is read, not as JSON escapes it');
    assert.equal(found(`"größe":`), results, 'as JSON writes it');
    assert.equal(found('100%'), 0, 'a per cent sign is no wildcard');
    assert.equal(found('_eile'), 0, 'an underscore neither');
  });
});

/** Characters of what the database holds of their parameters and checkpoints. */
function textOf(jobs: PendingJob[]): number {
  const length = (value: unknown): number => (value === undefined ? 0 : JSON.stringify(value).length);
  return jobs.reduce((sum, job) => sum + length(job.parameters) + length(job.checkpoint), 0);
}

describe('the head of a lane', () => {
  it('is the waiting jobs, best first, from where the caller is', () => {
    const waiting = model.jobs.filter((job) => job.state === 'pending');
    const lanes = new Set(waiting.map(({ pool, route }) => JSON.stringify([pool, route])));
    assert.ok(lanes.size > 3);
    for (const lane of lanes) {
      const [pool, route] = JSON.parse(lane) as [string, string];
      const expected = waiting.filter((job) => job.pool === pool && job.route === route).toSorted(byRank);
      const read: number[] = [];
      let after: LanePosition | undefined;
      for (;;) {
        const { jobs, more } = answer(projection, 'pendingHead', { pool, route, after, limit: 3, size: 100 });
        assert.equal(more, jobs.length === 3 || textOf(jobs) >= 100);
        assert.ok(textOf(jobs.slice(0, -1)) < 100);
        read.push(...jobs.map(({ id }) => id));
        if (!more) break;
        after = jobs.at(-1)!;
      }
      assert.deepEqual(
        read,
        expected.map(({ id }) => id),
      );
    }
  });

  it('is found for every lane in which jobs wait, and for no other', () => {
    const waiting = model.jobs.filter((job) => job.state === 'pending');
    const expected = new Set(waiting.map(({ pool, route }) => JSON.stringify([pool, route])));
    const { lanes } = answer(projection, 'restore', {});
    const found = lanes.map(({ pool, route }) => JSON.stringify([pool, route]));
    assert.deepEqual(found.toSorted(), [...expected].sort());
  });
});

describe('how many jobs wait', () => {
  it('is those of the routes that go before one and are not delayed, and the highest priority of all', () => {
    const waiting = model.jobs.filter((job) => job.state === 'pending');
    const delayed = new Set(answer(projection, 'restore', {}).delayed.map(({ id }) => id));
    assert.ok(delayed.size > 0 && waiting.length > delayed.size + 10);
    for (const job of waiting) {
      const { pool, route } = job;
      const routes = [...new Set(waiting.filter((other) => other.pool === pool).map((other) => other.route))];
      for (const asked of [[route], routes, []]) {
        const before = waiting.filter(
          (other) => other.pool === pool && asked.includes(other.route) && byRank(other, job) < 0,
        );
        const count = before.filter(({ id }) => !delayed.has(id)).length;
        const highest = Math.max(...before.map(({ priority }) => priority));
        assert.deepEqual(answer(projection, 'waiting', { pool, routes: asked, before: job, now: 0 }), {
          count,
          ...(before.length === 0 ? {} : { highestPriority: highest }),
        });
      }
    }
  });
});

describe('what people did to a job', () => {
  it('is told of each job that it was done to, newest first', () => {
    const told = model.jobs.flatMap(({ id }) => answer(projection, 'jobChanges', { job: id, limit: 100 }));
    const done = (kind: string): number => told.filter((change) => change.kind === kind).length;
    assert.equal(done('cancelled') > 0 && done('requeued') > 0 && done('reprioritised') > 0, true);
    assert.ok(told.every(({ kind, detail }) => kind !== 'cancelled' || detail === 'not needed'));
    for (const { id, state } of model.jobs) {
      const [last] = answer(projection, 'jobChanges', { job: id, limit: 100 }).filter(
        ({ kind }) => kind !== 'reprioritised',
      );
      if (last?.kind === 'cancelled') assert.equal(state, 'cancelled');
    }
  });
});

describe('the results of a batch', () => {
  it('are its ended jobs in pieces, by id', () => {
    const batch = model.jobs.find((job) => job.state === 'done')!.batch;
    const expected = model.jobs
      .filter((job) => job.batch === batch && ['done', 'failed', 'cancelled'].includes(job.state))
      .map(({ id }) => id);
    const read: number[] = [];
    for (;;) {
      const page = answer(projection, 'results', { batch, after: read.at(-1) ?? 0, limit: 2 });
      if (page.length === 0) break;
      read.push(...page.map(({ id }) => id));
    }
    assert.deepEqual(read, expected);
  });

  it('are none for a batch that does not exist', () => {
    assert.deepEqual(answer(projection, 'results', { batch: 10_000, after: 0, limit: 9 }), []);
  });
});

describe('the plans of queries that must stay quick', () => {
  const plan = (sql: string): string =>
    projection.database
      .rows(`EXPLAIN QUERY PLAN ${sql}`)
      .map((row) => row['detail'])
      .join('\n');

  for (const [name, sql] of Object.entries(PENDING_HEAD_STATEMENTS)) {
    it(`the head of a lane walks its index and sorts nothing (${name})`, () => {
      assert.match(plan(sql), /SEARCH j USING INDEX pending_lanes \(pool=\? AND route=\?/);
      assert.doesNotMatch(plan(sql), /TEMP B-TREE|SCAN/);
    });
  }

  for (const newestFirst of [false, true]) {
    it(`a list by states merges walks of a covering index (${newestFirst ? 'newest' : 'oldest'} first)`, () => {
      const text = plan(idsInStates(2, newestFirst));
      assert.match(text, /MERGE/);
      assert.match(
        text,
        /SEARCH jobs USING COVERING INDEX jobs_by_state \(state=\? AND rowid>\? AND rowid<\?\)/,
      );
      assert.doesNotMatch(text, /TEMP B-TREE|SCAN/);
    });
  }
});
