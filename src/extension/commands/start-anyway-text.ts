/** What is asked about workers that the machine has no room for. */
import type { WorkerOutcome } from '../../control/selection.ts';
import { quantity } from '../../core/quantity.ts';

/** Different reasons that are told; more fit no dialog. */
const REASONS_TOLD = 4;

/** Undefined when room was found for all. `waiting`: they are started by themselves when there is room. */
export function startAnywayText(
  outcomes: readonly WorkerOutcome[],
  waiting: boolean,
): { message: string; detail: string } | undefined {
  const refused = outcomes.flatMap(({ worker, ok, refusal }) =>
    refusal && !ok ? [{ worker, refusal }] : [],
  );
  if (refused.length === 0) return undefined;
  const who = refused.length === 1 ? refused[0]!.worker : quantity(refused.length, 'worker');
  const byReason = [...Map.groupBy(refused, ({ refusal }) => refusal.reasons.join('; '))];
  const lines = byReason.slice(0, REASONS_TOLD).map(([reasons, workers]) => {
    const more = workers.length > 1 ? ` (and ${workers.length - 1} more)` : '';
    return `${workers[0]!.worker}${more} ${reasons}.`;
  });
  if (byReason.length > REASONS_TOLD) lines.push(`And ${byReason.length - REASONS_TOLD} other reasons.`);
  const risks = [...new Set(refused.flatMap(({ refusal }) => refusal.risks))];
  const steps = [...new Set(refused.map(({ refusal }) => refusal.nextStep))].slice(0, 1);
  const otherwise =
    waiting && !refused.every(({ refusal }) => refusal.never)
      ? 'Otherwise they are started as soon as there is room.'
      : undefined;
  return {
    message: `The machine has no room for ${who}.`,
    detail: [
      lines.join('\n'),
      `Started all the same:\n${risks.join('\n')}`,
      [...steps, ...(otherwise ? [otherwise] : [])].join(' '),
    ].join('\n\n'),
  };
}
