/** What a person is told of a disk that refuses to be written: what it is, the figure, and what to do. */
import { formatByteSize } from './byte-size.ts';

export interface DiskFacts {
  /** The folder that cannot be written. */
  folder: string;
  /** The operating system's word for it: `ENOSPC`, `EROFS`, … */
  code: string;
  /** Its own words. */
  detail: string;
  /** Bytes that may still be written; undefined when the file system does not tell. */
  free: number | undefined;
  /** Bytes that have to be free before work goes on. */
  needed: number;
}

const WHAT_GOES_ON =
  'Nothing new is taken and no job is given out; running jobs go on and their results are kept.';
const RESUMES = 'Work goes on by itself within seconds; nothing that was acknowledged is lost.';

export function describeDiskTrouble(facts: DiskFacts): { message: string; nextStep: string } {
  const { problem, remedy } = explain(facts);
  return { message: `${problem} ${WHAT_GOES_ON}`, nextStep: `${remedy} ${RESUMES}` };
}

/** Of one request that is too large for what is left, on a disk that takes smaller ones. */
export function describeLackOfRoom({ folder, free, needed }: DiskFacts): {
  message: string;
  nextStep: string;
} {
  const have = free === undefined ? '' : `, ${formatByteSize(free)} free`;
  return {
    message: `The disk of ${folder} has no room for this: ${formatByteSize(needed)} needed${have}. Nothing of it was taken.`,
    nextStep: 'Free some space on it, then ask again.',
  };
}

function explain({ folder, code, detail, free, needed }: DiskFacts): { problem: string; remedy: string } {
  const have = free === undefined ? '' : `${formatByteSize(free)} free, `;
  const figures = `${have}${formatByteSize(needed)} needed`;
  switch (code) {
    case 'ENOSPC':
      return { problem: `The disk of ${folder} is full: ${figures}.`, remedy: 'Free some space on it.' };
    case 'EDQUOT':
      return {
        problem: `Your quota on the disk of ${folder} is used up: ${formatByteSize(needed)} needed.`,
        remedy: 'Free some of your space on it, or ask for more.',
      };
    case 'EROFS':
      return {
        problem: `The disk of ${folder} has become read-only (${figures}).`,
        remedy:
          'Make it writable again; a disk that became read-only by itself may be failing: `dmesg` says why.',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        problem: `${folder} may no longer be written by you (${code}; ${figures}).`,
        remedy: 'Give your user the right to write there.',
      };
    default:
      return {
        problem: `The disk of ${folder} refuses to be written: ${detail} (${figures}).`,
        remedy: 'Check that disk.',
      };
  }
}
