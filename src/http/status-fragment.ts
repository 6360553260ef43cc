/** The workers as an HTML fragment, for a page that puts it in place (HTMX). Everything that is not ours is escaped. */
import type { CrewState, WorkerView } from '../control/crew-state.ts';
import { formatByteSize } from '../core/byte-size.ts';
import { formatDuration } from '../core/duration.ts';
import { isLive } from '../core/worker-state.ts';
import type { WorkersStatus } from './workers-status.ts';

export function statusFragment(
  crew: CrewState,
  { limits, memory }: Pick<WorkersStatus, 'limits' | 'memory'>,
  now: number,
): string {
  const pending = crew.pools.reduce((sum, { counts }) => sum + counts.pending, 0);
  const running = crew.pools.reduce((sum, { counts }) => sum + counts.running, 0);
  return [
    '<div id="nightcrew-workers" class="nightcrew-workers">',
    '  <dl class="nightcrew-overview">',
    `    <dt>Active workers</dt><dd>${limits.active}</dd>`,
    `    <dt>Maximum capacity</dt><dd>${limits.admissible}</dd>`,
    `    <dt>Memory</dt><dd><meter min="0" max="100" value="${memory.percent}">${memory.percent} %</meter> ` +
      `${escaped(formatByteSize(memory.available))} of ${escaped(formatByteSize(memory.total))} available</dd>`,
    `    <dt>Queue</dt><dd>${pending} pending, ${running} running</dd>`,
    '  </dl>',
    ...crew.troubles.map(
      ({ message, nextStep = '' }) =>
        `  <p class="nightcrew-trouble" role="alert">${escaped(message)} ${escaped(nextStep)}</p>`,
    ),
    '  <ul class="nightcrew-cards">',
    ...crew.workers.map((worker) => card(worker, now)),
    '  </ul>',
    '</div>',
    '',
  ].join('\n');
}

const MARKS = ['stalled', 'offline', 'stuck', 'frozen', 'paused'] as const;

function card(worker: WorkerView, now: number): string {
  const { id, state, reason, pid, memory, cpu, heartbeatAt, job } = worker;
  const live = isLive(state);
  const facts = [
    ...(live && pid !== undefined ? [`process ${pid}`] : []),
    ...(live && memory !== undefined ? [formatByteSize(memory)] : []),
    ...(live && cpu !== undefined ? [`${Math.round(cpu)} % of a core`] : []),
    ...(heartbeatAt === undefined
      ? []
      : [`heartbeat ${formatDuration(Math.max(0, now - heartbeatAt) / 1000)} ago`]),
    ...(job ? [`job ${job.id}`] : []),
  ];
  const marks = MARKS.filter((mark) => worker[mark] && (live || mark === 'paused'));
  return [
    `    <li class="nightcrew-worker" data-worker="${escaped(id)}" data-state="${escaped(state)}">`,
    `      <strong>${escaped(id)}</strong> <span class="nightcrew-state" title="${escaped(reason)}">${escaped(state)}</span>`,
    ...marks.map((mark) => `      <span class="nightcrew-mark">${mark}</span>`),
    `      <span class="nightcrew-facts">${escaped(facts.join(', '))}</span>`,
    ...(live ? buttons(worker) : []),
    '    </li>',
  ].join('\n');
}

/** They work where a server in between adds the token. */
function buttons({ id, state }: WorkerView): string[] {
  const part = escaped(encodeURIComponent(id));
  const drain = `      <button hx-post="/api/workers/drain/?worker_id=${part}" hx-swap="none">Drain</button>`;
  const abort =
    `      <button hx-post="/api/workers/${part}/abort/" hx-swap="none" ` +
    `hx-confirm="Abort ${escaped(id)}? Its current work is lost.">Abort</button>`;
  return state === 'DRAINING' ? [abort] : [drain, abort];
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
