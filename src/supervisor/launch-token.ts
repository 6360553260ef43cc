/** How a worker proves that it is the process that was launched. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** The secret one launch of one worker must show; made from the keeper's token, so that a successor knows it too. */
export function launchToken(secret: string, worker: string, launch: number): string {
  return createHmac('sha256', secret).update(`${worker}/${launch}`).digest('hex');
}

export function sameSecret(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
