/** Turns an error of the operating system into one that tells a person what to do. */
import { StoreError } from './store-error.ts';

const NEXT_STEPS: Record<string, string> = {
  ENOSPC: 'Free some space on this disk; nothing that was acknowledged is lost.',
  EDQUOT:
    'Your quota on this disk is used up: free some space or ask for more; nothing acknowledged is lost.',
  EROFS: 'The disk is mounted read-only: make it writable or move the workspace.',
  EACCES: 'Give your user the right to write there.',
  EPERM: 'Give your user the right to write there.',
  EIO: 'The disk reports a hardware fault: copy the workspace to another disk before anything else.',
  EMFILE: 'This process has too many files open: raise the limit (ulimit -n) and start the crew again.',
};

/** What to do about an error of the operating system; undefined when it says nothing of the disk. */
export function diskNextStep(cause: unknown): string | undefined {
  return NEXT_STEPS[(cause as NodeJS.ErrnoException | null)?.code ?? ''];
}

export function diskError(action: string, file: string, cause: unknown): StoreError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  const nextStep = diskNextStep(cause) ?? 'Check the disk that holds this file, then start the crew again.';
  return new StoreError(`${action}: ${detail}`, file, nextStep, { cause });
}
