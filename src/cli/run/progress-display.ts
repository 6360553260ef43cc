/** Shows a run while it goes on: in place on a terminal, as a line now and then anywhere else. */
import type { Clock } from '../../core/clock.ts';
import { fitRows } from '../fit-rows.ts';
import type { LiveRegion, Terminal } from '../terminal.ts';
import { clockText } from '../time-text.ts';
import { progressLines, progressSentence, type ProgressView } from './progress-lines.ts';

export interface ProgressDisplay {
  /** The view changed; may be called often. */
  update(): void;
  /** A line that stays. */
  note(line: string): void;
  /** Takes the display away while somebody is asked. */
  pause(): void;
  resume(): void;
  /** Idempotent. */
  end(): void;
}

/** Ages and the rate move without a change of state; milliseconds. */
const REDRAW_INTERVAL = 1_000;
const LINE_INTERVAL = 5_000;

export function progressDisplay(terminal: Terminal, clock: Clock, view: () => ProgressView): ProgressDisplay {
  return terminal.interactive ? liveDisplay(terminal, clock, view) : lineDisplay(terminal, clock, view);
}

function liveDisplay(terminal: Terminal, clock: Clock, view: () => ProgressView): ProgressDisplay {
  let region: LiveRegion | undefined = terminal.live();
  let cancel: () => void = () => undefined;
  const update = (): void => region?.show(fitRows(progressLines(view(), terminal), terminal.rows));
  const repeat = (): void => {
    update();
    cancel = clock.after(REDRAW_INTERVAL, repeat);
  };
  const pause = (): void => {
    cancel();
    region?.end();
    region = undefined;
  };
  repeat();
  return {
    update,
    note: (line) => (region ? region.print(line) : terminal.print(line)),
    pause,
    resume: () => {
      region ??= terminal.live();
      repeat();
    },
    end: pause,
  };
}

function lineDisplay(terminal: Terminal, clock: Clock, view: () => ProgressView): ProgressDisplay {
  let said = '';
  let cancel: () => void = () => undefined;
  const repeat = (): void => {
    const { progress, ...rest } = view();
    const { ended, counts } = progress;
    // A job of two days would fill the log with the same line.
    const news = `${ended} ${counts.running} ${counts.failed}`;
    if (news !== said) terminal.print(`${clockText(rest.now)} ${progressSentence({ progress, ...rest })}`);
    said = news;
    cancel = clock.after(LINE_INTERVAL, repeat);
  };
  repeat();
  return {
    update: () => undefined,
    note: (line) => terminal.print(line),
    pause: () => cancel(),
    resume: repeat,
    end: () => cancel(),
  };
}
