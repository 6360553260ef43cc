/** How many workers admission would let in one after the other, if they were started now. */
import { admitWorker, type AdmissionFacts, type AdmissionRefusal, type Candidate } from './admission.ts';

export interface Room {
  /** Workers more; never above what was asked about. */
  more: number;
  /** Why not one more than that; absent when as many as were asked about fit. */
  refusal?: AdmissionRefusal;
}

export function roomFor(candidate: Candidate, facts: AdmissionFacts, most: number): Room {
  const crew = [...facts.crew];
  for (let more = 0; more < most; more++) {
    const { refusal, devices } = admitWorker(candidate, { ...facts, crew });
    if (refusal) return { more, refusal };
    crew.push({ pool: candidate.pool, need: candidate.need, memory: undefined, devices });
  }
  return { more: most };
}
