/**
 * Whether a job whose worker lives still gets on: judged by its own past, because nobody else knows how fast it should be. What
 * counts is whether it *moves* (its fraction or its message changes, or it saves a checkpoint), and the pauses between. One
 * that pauses five times as long as ever before has stopped. One that has told of no movement is compared with the durations
 * of earlier jobs of its task; when there are too few of these, nobody knows, and nothing is said.
 *
 * All times are those that the worker has lived through (`LivedTime`), seconds.
 */
import { formatDuration } from './duration.ts';

/** A slowing or bursty job makes a longer pause than ever now and then; five times the longest is none of these any more. */
export const STOPPED_FACTOR = 5;
/** Movements before a job's own pauses say anything. */
export const LEAST_MOVES = 3;
/** Earlier jobs before their durations say anything. */
export const LEAST_JOBS = 5;

export interface ProgressHistory {
  begun: number;
  moves: number;
  /** When it moved last, or began. */
  moved: number;
  /** Between two movements, or its beginning and the first. */
  longestPause: number;
}

/** Earlier jobs of the same task that got done. */
export interface Experience {
  jobs: number;
  longest: number;
}

export type ProgressState =
  /** It gets on as it did before, or nothing can be said about it. */
  | 'moving'
  /** It has paused for longer than ever before, and may still go on. */
  | 'slow'
  | 'stopped';

export interface ProgressVerdict {
  state: ProgressState;
  reason: string;
}

export interface ProgressFacts {
  history: ProgressHistory;
  now: number;
  earlier: Experience;
  /** Less than this is never called a stop. */
  patience: number;
}

export function beginProgress(now: number): ProgressHistory {
  return { begun: now, moves: 0, moved: now, longestPause: 0 };
}

export function moveProgress(history: ProgressHistory, now: number): ProgressHistory {
  const pause = Math.max(0, now - history.moved);
  return {
    begun: history.begun,
    moves: history.moves + 1,
    moved: Math.max(now, history.moved),
    longestPause: Math.max(history.longestPause, pause),
  };
}

export function addDuration({ jobs, longest }: Experience, duration: number): Experience {
  return { jobs: jobs + 1, longest: Math.max(longest, duration) };
}

export function judgeProgress(facts: ProgressFacts): ProgressVerdict {
  return facts.history.moves >= LEAST_MOVES ? judgePause(facts) : judgeDuration(facts);
}

function judgePause({ history, now, patience }: ProgressFacts): ProgressVerdict {
  const pause = now - history.moved;
  const before = `its longest pause until then was ${formatDuration(history.longestPause)}`;
  if (pause > Math.max(patience, STOPPED_FACTOR * history.longestPause)) {
    return { state: 'stopped', reason: `no progress for ${formatDuration(pause)}; ${before}` };
  }
  if (pause > Math.max(patience, history.longestPause)) {
    return { state: 'slow', reason: `slow: no progress for ${formatDuration(pause)}; ${before}` };
  }
  return { state: 'moving', reason: `last progress ${formatDuration(pause)} ago` };
}

function judgeDuration({ history, now, earlier, patience }: ProgressFacts): ProgressVerdict {
  const age = now - history.begun;
  const running = `runs for ${formatDuration(age)}`;
  if (earlier.jobs < LEAST_JOBS) return { state: 'moving', reason: `${running}; tells of no progress` };
  const before = `the longest of ${earlier.jobs} earlier jobs of its task took ${formatDuration(earlier.longest)}`;
  if (age > Math.max(patience, STOPPED_FACTOR * earlier.longest)) {
    return { state: 'stopped', reason: `${running} without telling of progress; ${before}` };
  }
  if (age > Math.max(patience, earlier.longest))
    return { state: 'slow', reason: `slow: ${running}; ${before}` };
  return { state: 'moving', reason: `${running}; ${before}` };
}
