/**
 * What passes between the extension and the dashboard's page. Types only: the extension imports them type-only, so that
 * nothing made for a browser is loaded into the extension host.
 */
import type { CrewState, StateDelta } from '../src/control/crew-state.ts';
import type { CommandId } from '../src/extension/contributions.ts';
import type { Trend } from '../src/extension/dashboard/trend.ts';
import type { Situation } from '../src/extension/situation.ts';

/** To the page. */
export type DashboardMessage =
  /** Everything, replacing what the page knew. */
  | {
      type: 'snapshot';
      /** The supervisor's machine's clock: the browser may be on another one. */
      now: number;
      situation: Situation;
      trusted: boolean;
      /** False while the connection is being made again; `crew` is then what was known before. */
      live: boolean;
      /** Why the supervisor that lives cannot be worked with, in the situations `refused` and `elsewhere`. */
      refusal?: string;
      crew?: CrewState;
    }
  | { type: 'delta'; now: number; delta: StateDelta }
  /** The last hour's figures, replacing those before. */
  | { type: 'trends'; now: number; trends: Trend[] };

/** From the page. */
export type DashboardRequest =
  /** The page is loaded and listens; answered with a snapshot. */
  | { type: 'ready' }
  /** A person pressed Refresh: ask the supervisor for everything again. */
  | { type: 'refresh' }
  | { type: 'command'; command: CommandId; about?: CommandSubject };

/** What a command is about, by name: the extension looks up what it is now. */
export type CommandSubject = { worker: string } | { pool: string } | { batch: number } | { job: number };
