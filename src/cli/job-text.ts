/** Jobs, batches and labels in few words. */
import type { JobRow } from '../core/job-records.ts';
import { formatDuration } from '../core/duration.ts';
import { errorText } from '../core/error-text.ts';
import type { JobError, Parameters } from '../core/job.ts';
import type { Labels } from '../core/worker.ts';
import { plainText } from './plain-text.ts';

/** `alpha=0.1 seed=3`: a job as a researcher knows it. Texts without quotes, lists and mappings as JSON. */
export function parametersText(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${plainText(name)}=${valueText(value)}`)
    .join(' ');
}

export function valueText(value: unknown): string {
  return plainText(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

export function labelsText(labels: Labels): string {
  return parametersText(labels);
}

/** How long the job ran, or has been running until `now`; empty when it has not begun. */
export function jobDuration({ startedAt, finishedAt }: JobRow, now: number): string {
  if (startedAt === undefined) return '';
  return formatDuration(((finishedAt ?? now) - startedAt) / 1000);
}

/** `retries in 40 s`: a pending job that waits for another try. */
export function retryText(notBefore: number, now: number): string {
  return `retries in ${formatDuration((notBefore - now) / 1000)}`;
}

/** As one text without what would move the cursor. */
export function plainErrorText(error: JobError): string {
  return plainText(errorText(error));
}

/** What its last attempt came to; the one that runs has come to nothing yet. */
export function resultText({ state, error, result }: JobRow): string {
  if (state === 'running') return '';
  if (error) return plainErrorText(error);
  return result === undefined || result === null ? '' : valueText(result);
}

/** `12/s`, `3.4/min`: jobs in the unit that gives a readable figure; empty for none. */
export function rateText(perSecond: number): string {
  if (!Number.isFinite(perSecond) || perSecond <= 0) return '';
  const [rate, unit] =
    perSecond >= 1
      ? [perSecond, 's']
      : perSecond >= 1 / 60
        ? [perSecond * 60, 'min']
        : [perSecond * 3600, 'h'];
  return `${rate >= 9.95 ? Math.round(rate).toLocaleString('en') : rate.toFixed(1)}/${unit}`;
}

/** `34 %`, rounded down so that nothing seems finished before it is. */
export function percentText(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)} %`;
}
