import { html, nothing, type TemplateResult } from 'lit';
import { formatByteSize } from '../../src/core/byte-size.ts';
import type { Trend, TrendValues } from '../../src/extension/dashboard/trend.ts';
import './trend-line.ts';

/** CPU and memory of a worker in the last hour. */
export function workerTrends(trend: Trend | undefined): TemplateResult | typeof nothing {
  if (!trend) return nothing;
  return html`<div class="trends">${cpuTrend(trend)} ${memoryTrend(trend)}</div>`;
}

/** Seconds that a pool was seen: over less, a rate is chance, and in a crew's first seconds zero. */
const FEWEST_SEEN = 60;

/** What a pool got done in the last hour, and how busy its workers were. */
export function poolTrends(trend: Trend | undefined): TemplateResult | typeof nothing {
  if (!trend) return nothing;
  const { overall, perMinute, busy } = trend;
  const ended = figure(overall.perMinute);
  const share = percent(100 * overall.busy);
  return html`<div class="trends">
    ${
      overall.observed < FEWEST_SEEN
        ? nothing
        : line(perMinute, `Ended jobs in the last hour: ${ended} a minute on average`, `${ended}/min`)
    }
    ${line(busy, `Workers busy in the last hour: ${share} of their time`, `${share} busy`)}
    ${memoryTrend(trend)}
  </div>`;
}

function cpuTrend({ cpu, overall }: Trend): TemplateResult | typeof nothing {
  if (overall.cpu === undefined || overall.cpuMax === undefined) return nothing;
  const [mean, most] = [percent(overall.cpu), percent(overall.cpuMax)];
  return line(
    cpu,
    `CPU in the last hour: ${mean} of one core on average, at most ${most}`,
    `CPU max ${most}`,
  );
}

function memoryTrend({ memory, overall }: Trend): TemplateResult | typeof nothing {
  if (overall.memory === undefined || overall.memoryMax === undefined) return nothing;
  const [mean, most] = [formatByteSize(overall.memory), formatByteSize(overall.memoryMax)];
  return line(memory, `Memory in the last hour: ${mean} on average, at most ${most}`, `Mem max ${most}`);
}

function line(values: TrendValues, label: string, caption: string): TemplateResult {
  return html`<trend-line .values=${values} label=${label} caption=${caption}></trend-line>`;
}

function percent(value: number): string {
  return `${Math.round(value)} %`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
