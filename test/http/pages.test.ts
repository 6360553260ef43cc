import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Access } from '../../src/http/access.ts';
import { MetricsText } from '../../src/http/metrics-text.ts';
import { metrics } from '../../src/http/metrics.ts';
import { statusFragment } from '../../src/http/status-fragment.ts';
import { statusOf } from '../../src/http/workers-status.ts';
import { NOON, scriptedCrew, scriptedWorker } from '../extension/scripted-crew.ts';

it('says how many workers there is room for as admission does', () => {
  const crew = { ...scriptedCrew(), workers: [scriptedWorker(), scriptedWorker({ state: 'DEAD' })] };
  const limits = (...room: number[]): object =>
    statusOf(
      crew,
      room.map((more, index) => ({ pool: `pool-${index}`, more })),
    ).limits;
  assert.deepEqual(limits(), { active: 1, admissible: 1, can_add: false });
  assert.deepEqual(limits(0, 0), { active: 1, admissible: 1, can_add: false });
  assert.deepEqual(limits(0, 3), { active: 1, admissible: 4, can_add: true });
});

it('escapes whatever stands in the fragment', () => {
  const nasty = `<script>'"&`;
  const crew = {
    ...scriptedCrew(),
    workers: [scriptedWorker({ id: nasty, reason: nasty })],
    troubles: [{ kind: 'storage' as const, message: nasty, nextStep: nasty, since: NOON }],
  };
  const fragment = statusFragment(crew, statusOf(crew, []), NOON);
  assert.ok(!fragment.includes('<script>') && !fragment.includes(`'"&`));
  assert.match(fragment, /data-worker="&lt;script&gt;&#39;&quot;&amp;"/);
});

it('marks a worker that is not well in a word', () => {
  const marksOf = (change: Parameters<typeof scriptedWorker>[0]): string[] =>
    [
      ...statusFragment(
        { ...scriptedCrew(), workers: [scriptedWorker(change)] },
        statusOf(scriptedCrew(), []),
        NOON,
      ).matchAll(/nightcrew-mark">(\w+)</g),
    ].map(([, mark]) => mark!);
  assert.deepEqual(marksOf({}), []);
  assert.deepEqual(marksOf({ frozen: true, paused: true }), ['frozen', 'paused']);
  assert.deepEqual(marksOf({ stalled: true, offline: true }), ['stalled', 'offline']);
  assert.deepEqual(marksOf({ stuck: 'job 7: no progress for 2 h' }), ['stuck']);
  assert.deepEqual(marksOf({ state: 'DEAD', stalled: true, paused: true }), ['paused']);
});

it('escapes labels and help of metrics', () => {
  const text = new MetricsText();
  text.add('gauge', 'x', 'a\nb\\', [{ labels: { pool: 'a"b\\c\nd' }, value: 1 }]);
  assert.equal(
    text.toString(),
    '# HELP nightcrew_x a\\nb\\\\\n# TYPE nightcrew_x gauge\nnightcrew_x{pool="a\\"b\\\\c\\nd"} 1\n',
  );
});

it('bounds the series, and says how many are left out', () => {
  const [pool] = scriptedCrew().pools;
  const crew = {
    ...scriptedCrew(),
    pools: Array.from({ length: 150 }, (_, index) => ({ ...pool!, name: `p${index}` })),
    workers: Array.from({ length: 700 }, (_, index) => scriptedWorker({ id: `p1-${index}`, pool: 'p1' })),
  };
  const text = metrics({ crew, requests: [], readers: 0 });
  assert.equal(text.match(/^nightcrew_worker_memory_bytes/gm)!.length, 500);
  assert.match(text, /^nightcrew_omitted_series\{kind="pool"\} 50$/m);
  assert.match(text, /^nightcrew_omitted_series\{kind="worker"\} 200$/m);
});

it('lets in only the token, whatever its length, and only loopback names', () => {
  const access = new Access('secret', 8471);
  const trusted = (authorization?: string): boolean =>
    access.isTrusted({ headers: { authorization } } as never);
  assert.equal(trusted('Bearer secret'), true);
  for (const wrong of [undefined, '', 'Bearer', 'Bearer ', 'Bearer secre', 'Bearer secrets', 'secret']) {
    assert.equal(trusted(wrong), false, wrong);
  }
  const local = (headers: object): void => access.requireLocal({ headers } as never);
  for (const host of ['127.0.0.1:8471', '[::1]:8471', 'LOCALHOST:8471']) local({ host });
  local({ host: 'localhost:8471', origin: 'http://localhost:8471' });
  for (const host of ['localhost', 'localhost:80', '127.0.0.1.nip.io:8471', 'evil:8471', undefined]) {
    assert.throws(() => local({ host }), /Host/);
  }
  for (const more of [
    { origin: 'https://localhost:8471' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    assert.throws(() => local({ host: 'localhost:8471', ...more }), /origins/);
  }
});
