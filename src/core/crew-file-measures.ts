/** Quantities of a crew file: how each is read, what is expected, and what somebody probably meant who wrote something else. */
import { BYTE_SIZE_EXPECTED, parseByteSize } from './byte-size.ts';
import { DURATION_EXPECTED, parseDuration } from './duration.ts';
import { HEARTBEAT_EXPECTED, parseHeartbeat } from './heartbeat-interval.ts';
import { parseShare, SHARE_EXPECTED } from './share.ts';

export interface Measure {
  expected: string;
  example: string;
  parse: (text: string) => number | undefined;
  /** Whether 0 is one. */
  orNone?: boolean;
  /** As it should have been written; checked by `parse`. */
  meant?: (text: string) => string;
}

/** One worker's; no machine has more. */
const MAX_CPUS = 4_096;

export const DURATION: Measure = {
  expected: DURATION_EXPECTED,
  example: '10m',
  parse: parseDuration,
  meant: withUnits,
};

export const DURATION_OR_NONE: Measure = { ...DURATION, orNone: true };

export const HEARTBEAT: Measure = {
  expected: HEARTBEAT_EXPECTED,
  example: '30s',
  parse: parseHeartbeat,
  meant: withUnits,
};

export const BYTE_SIZE: Measure = {
  expected: BYTE_SIZE_EXPECTED,
  example: '8GB',
  parse: parseByteSize,
  meant: (text) =>
    text
      .replace(',', '.')
      .replace(
        /^\s*([\d.]+)\s*([kmgt]?)i?b?\s*$/i,
        (_, amount: string, prefix: string) => `${amount}${(prefix || 'g').toUpperCase()}B`,
      ),
};

export const SHARE: Measure = {
  expected: SHARE_EXPECTED,
  example: '10%',
  parse: parseShare,
  meant: (text) => `${text.trim()}%`,
};

export const CPUS: Measure = {
  expected: 'a number of cores like 4 or 0.5',
  example: '2',
  parse: (text) => {
    const cpus = /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : NaN;
    return cpus <= MAX_CPUS ? cpus : undefined;
  },
};

/** What to write instead of `text`. */
export function measureStep(name: string, text: string | undefined, measure: Measure): string {
  const meant = text === undefined ? undefined : measure.meant?.(text);
  return meant !== undefined && (measure.parse(meant) ?? 0) > 0
    ? `Write "${name}: ${meant}".`
    : `Write for example "${name}: ${measure.example}".`;
}

/** `48 hours` as `48h`. */
function withUnits(text: string): string {
  return text
    .replace(/(\d),(\d)/g, '$1.$2')
    .replace(/\s*(?:\band\b|,)\s*/gi, ' ')
    .replace(
      /(\d)\s*(s|m|h|d)(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?|ays?)\b/gi,
      (_, digit: string, unit: string) => digit + unit.toLowerCase(),
    )
    .replace(/([\d.]+)\s*w(?:eeks?|ks?)?\b/gi, (_, weeks: string) => `${Number(weeks) * 7}d`);
}
