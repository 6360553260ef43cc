/** What a health check found, as the control API answers it. */
import type { HealthCheck } from '../core/health-checks.ts';
import type { WorkerId } from '../core/worker.ts';

export interface HealthReport {
  at: number;
  healthy: number;
  total: number;
  workers: { worker: WorkerId; healthy: boolean; checks: HealthCheck[] }[];
}
