/** Where a command's words go and where its answers come from. A test gives its own. */

/** Styles a text; without colours, gives it back. */
export interface Colors {
  bold: (text: string) => string;
  dim: (text: string) => string;
  red: (text: string) => string;
  green: (text: string) => string;
  yellow: (text: string) => string;
  cyan: (text: string) => string;
}

/** A region at the end of the output that is drawn anew in place. Exists only on a terminal. */
export interface LiveRegion {
  show(lines: readonly string[]): void;
  /** A line that stays, above the region. */
  print(line: string): void;
  /** Takes the region away; nothing of it stays. Idempotent. */
  end(): void;
}

/** `interrupted`: Ctrl-C while asking. `closed`: there is nobody who could answer. */
export type Answer = { text: string } | 'interrupted' | 'closed';

export interface Terminal {
  /** Whether stdout is a terminal: colours, live displays, lines cut to its width. */
  readonly interactive: boolean;
  /** Whether somebody can be asked. */
  readonly canAsk: boolean;
  /** Whether block and line characters can be shown. */
  readonly unicode: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly colors: Colors;
  /** For stderr, which may be a terminal when stdout is not, and the other way round. */
  readonly errorColors: Colors;
  /** One or more lines on stdout. */
  print(text: string): void;
  /** One or more lines on stderr. */
  printError(text: string): void;
  /** Text on stdout as it stands, without a line's end. */
  write(text: string): void;
  live(): LiveRegion;
  /** Answers `closed` when `signal` says that the question is void. */
  ask(question: string, signal?: AbortSignal): Promise<Answer>;
}

const asItStands = (text: string): string => text;

export const NO_COLORS: Colors = {
  bold: asItStands,
  dim: asItStands,
  red: asItStands,
  green: asItStands,
  yellow: asItStands,
  cyan: asItStands,
};
