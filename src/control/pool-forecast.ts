/** When a pool's jobs will have ended, as the control API answers it. */
import type { Forecast } from '../core/forecast.ts';

export interface PoolForecast extends Forecast {
  pool: string;
  /** Jobs that wait or run. */
  left: number;
  /** With more or fewer workers. */
  whatIf: Forecast;
}
