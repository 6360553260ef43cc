/** Shows a run until it is finished, can go no further, or somebody decides otherwise. */
import type { Trouble } from '../../control/crew-state.ts';
import { ALL_THE_SAME } from '../../core/explain-steps.ts';
import type { CrewFollower } from '../crew-follower.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import type { InterruptSignal } from '../host.ts';
import { noticeLines } from '../notice-lines.ts';
import type { Terminal } from '../terminal.ts';
import { troubleLines } from '../trouble-lines.ts';
import { askAfterInterrupt } from './interrupt-menu.ts';
import { progressDisplay, type ProgressDisplay } from './progress-display.ts';
import type { ProgressView } from './progress-lines.ts';
import { RateMeter } from './rate-meter.ts';
import type { RunProgress } from './run-progress.ts';

/**
 * - `finished`: nothing is left to do
 * - `stuck`: what is left cannot be done by anyone
 * - `drain`, `abort`: asked for by Ctrl-C
 * - `left`: this process goes, the crew works on; with the exit code to go with
 */
export type WatchResult = 'finished' | 'stuck' | 'drain' | 'abort' | { left: ExitCode };

const SIGNALS: Record<InterruptSignal, ExitCode> = {
  SIGINT: ExitCode.interrupted,
  SIGTERM: ExitCode.terminated,
  SIGHUP: ExitCode.hungUp,
};

/** Rejects when the supervisor is gone for good. */
export async function watchRun(
  context: CommandContext,
  follower: CrewFollower,
  progress: () => RunProgress,
): Promise<WatchResult> {
  const { terminal, clock, host } = context;
  const meter = new RateMeter(clock.monotonic(), progress().ended);
  const view = (): ProgressView => {
    const now = progress();
    meter.note(clock.monotonic(), now.ended);
    return { state: follower.state, progress: now, perSecond: meter.perSecond, now: clock.now() };
  };
  const display = progressDisplay(terminal, clock, view);
  const over = new AbortController();
  const stop: (() => void)[] = [];
  try {
    return await new Promise<WatchResult>((resolve, reject) => {
      const tellRoom = roomTeller(display, terminal);
      const look = (): void => {
        const { finished, stuck, waiting } = progress();
        if (finished || stuck) return resolve(finished ? 'finished' : 'stuck');
        tellRoom(follower.state.troubles, waiting);
        display.update();
      };
      stop.push(
        follower.onState(look),
        follower.onEnd(reject),
        follower.onNotice((notice) => {
          for (const line of noticeLines(notice, terminal.colors)) display.note(line);
        }),
        ...(['SIGTERM', 'SIGHUP'] as const).map((signal) =>
          host.onSignal(signal, () => resolve({ left: SIGNALS[signal] })),
        ),
        host.onSignal('SIGINT', interruptHandler(context, display, progress, over.signal, resolve)),
      );
      // The notice of what is wrong already went out before this process listened.
      const known = follower.state.troubles.filter(({ kind }) => kind !== 'room');
      for (const line of troubleLines(known, terminal.colors)) display.note(line);
      look();
    });
  } finally {
    over.abort();
    for (const end of stop) end();
    display.end();
  }
}

/** Why workers wait begins without a notice: it is told when it begins, with the way around it, and not with every new figure. */
function roomTeller(
  display: ProgressDisplay,
  { colors }: Pick<Terminal, 'colors'>,
): (troubles: readonly Trouble[], pools: readonly string[]) => void {
  let toldSince: number | undefined;
  return (troubles, pools) => {
    const room = troubles.find(({ kind }) => kind === 'room');
    if (room && room.since !== toldSince) {
      for (const line of troubleLines([room], colors)) display.note(line);
      if (pools.length > 0)
        display.note(`  or: start them ${ALL_THE_SAME}: \`nightcrew up ${pools.join(' ')} --force\``);
    }
    toldSince = room?.since;
  };
}

/** Asks where somebody can answer; elsewhere leaves the crew to its work, which loses nothing. */
function interruptHandler(
  { terminal }: CommandContext,
  display: ProgressDisplay,
  progress: () => RunProgress,
  over: AbortSignal,
  resolve: (result: WatchResult) => void,
): () => void {
  let asking = false;
  return () => {
    // A second Ctrl-C comes to the question itself; one from elsewhere means the same.
    if (!terminal.canAsk || asking) return resolve({ left: ExitCode.interrupted });
    asking = true;
    display.pause();
    void askAfterInterrupt(terminal, progress(), over).then((choice) => {
      asking = false;
      if (choice === 'background') resolve({ left: ExitCode.ok });
      else if (choice !== 'continue') resolve(choice);
      else if (!over.aborted) display.resume();
    });
  };
}
