/** How many more workers the machine has room for, as the control API answers it. */
import type { Room } from '../core/room.ts';

export interface PoolRoom extends Room {
  pool: string;
}
