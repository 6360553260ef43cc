/** What admission refused, as a fact. */
import type { JobFacts } from './explain-facts.ts';
import { clause, type ExplanationFact } from './explanation.ts';

export function refusalFact({
  at,
  worker,
  reasons,
  overridden,
}: JobFacts['refusals'][number]): ExplanationFact {
  const what = overridden
    ? 'was started by hand although there was no room for it'
    : 'was refused for lack of room';
  return { at, text: `${worker} ${what}: it ${clause(reasons.join('; '))}`, source: 'admission' };
}
