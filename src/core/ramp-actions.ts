/** What people can do to a ramp by hand, and what comes of it in each of its states. */
import type { RampState } from './ramp.ts';

export const RAMP_ACTIONS = ['start', 'pause', 'resume', 'abandon'] as const;
export type RampAction = (typeof RAMP_ACTIONS)[number];

/** `to`: done, and this is its state from now on. The others say why nothing is done. */
export type RampVerdict = { to: RampState } | { already: string } | { refused: string };

const TABLE: Record<RampAction, Record<RampState | 'none', RampVerdict>> = {
  start: {
    none: { to: 'soaking' },
    soaking: { already: 'is under way already' },
    paused: { refused: 'is paused; resume it, or abandon it and start anew' },
    'rolled-back': { to: 'soaking' },
    completed: { to: 'soaking' },
    abandoned: { to: 'soaking' },
  },
  pause: {
    none: { refused: 'was never started' },
    soaking: { to: 'paused' },
    paused: { already: 'is paused already' },
    'rolled-back': { refused: 'was rolled back, and does not advance' },
    completed: { refused: 'is completed' },
    abandoned: { refused: 'was abandoned' },
  },
  resume: {
    none: { refused: 'was never started' },
    soaking: { already: 'is under way already' },
    paused: { to: 'soaking' },
    'rolled-back': { refused: 'was rolled back; when the cause is gone, start it anew' },
    completed: { refused: 'is completed' },
    abandoned: { refused: 'was abandoned; start it anew' },
  },
  abandon: {
    none: { refused: 'was never started' },
    soaking: { to: 'abandoned' },
    paused: { to: 'abandoned' },
    'rolled-back': { to: 'abandoned' },
    completed: { refused: 'is completed' },
    abandoned: { already: 'was abandoned already' },
  },
};

export function judgeRampAction(action: RampAction, state: RampState | undefined): RampVerdict {
  return TABLE[action][state ?? 'none'];
}

/** What a face may offer. */
export function possibleRampActions(state: RampState | undefined): RampAction[] {
  return RAMP_ACTIONS.filter((action) => 'to' in judgeRampAction(action, state));
}
