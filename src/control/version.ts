import manifest from '../../package.json' with { type: 'json' };
import { isNewerVersion } from '../core/version-order.ts';
import { CONTROL_VERSION } from './api.ts';
import type { Lease } from './lease.ts';

/** Version of the product, as its package says. */
export const VERSION: string = manifest.version;

/**
 * What a face and the supervisor it finds are to each other.
 * - `same`: they speak one control version, and the supervisor is of no older product: it just works
 * - `older`: one control version, an older product: it works; whoever may start a supervisor replaces it by the newer
 * - `outdated`: it speaks an older control version: it must be replaced to be spoken to
 * - `ahead`: it speaks a newer control version. It is never replaced by an older one, or two installed versions would drive each
 *   other out for ever
 */
export type Relation = 'same' | 'older' | 'outdated' | 'ahead';

export function relationTo(supervisor: Pick<Lease, 'version' | 'control'>): Relation {
  const control = supervisor.control ?? 1;
  if (control > CONTROL_VERSION) return 'ahead';
  if (control < CONTROL_VERSION) return 'outdated';
  return isNewerVersion(VERSION, supervisor.version) ? 'older' : 'same';
}
