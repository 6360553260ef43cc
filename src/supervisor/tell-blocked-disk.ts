import type { Notice } from '../control/api.ts';
import type { DiskGate } from './disk-gate.ts';
import type { Troubles } from './troubles.ts';

/** Tells people when the disk refuses writes, and when it takes them again. */
export function tellBlockedDisk(disk: DiskGate, troubles: Troubles, notice: (notice: Notice) => void): void {
  disk.onBlocked((error) => {
    if (error) {
      const { message, nextStep } = error;
      troubles.begin({ kind: 'storage', message, nextStep });
      notice({ severity: 'error', message, nextStep });
    } else {
      troubles.end('storage');
      notice({ severity: 'info', message: 'The disk takes writes again; work goes on.' });
    }
  });
}
