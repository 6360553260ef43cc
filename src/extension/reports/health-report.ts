import type { HealthReport } from '../../control/health-report.ts';
import { quantity } from '../../core/quantity.ts';
import { escapeMarkdown } from '../format/markdown.ts';

/** `3 of 4 workers are healthy`. */
export function healthSummary(report: HealthReport): string {
  if (report.total === 0) return 'There is no worker to check.';
  const verb = report.total === 1 ? 'is' : 'are';
  return `${report.healthy} of ${quantity(report.total, 'worker')} ${verb} healthy.`;
}

/** The report as Markdown: what is wrong first, then every check of every worker. */
export function healthReportMarkdown(report: HealthReport): string {
  const ill = report.workers.filter((worker) => !worker.healthy);
  const names = [...new Set(report.workers.flatMap(({ checks }) => checks.map((check) => check.name)))];
  return [
    '# Health check',
    '',
    `${healthSummary(report)} Checked ${new Date(report.at).toLocaleString()}.`,
    ...ill.flatMap(({ worker, checks }) => [
      '',
      `## ✗ ${escapeMarkdown(worker)}`,
      '',
      ...checks
        .filter((check) => !check.ok)
        .map((check) => `- **${check.name}**: ${escapeMarkdown(check.message)}`),
    ]),
    ...(names.length === 0 ? [] : ['', '## All checks', '', ...checkTable(report, names)]),
    '',
  ].join('\n');
}

function checkTable(report: HealthReport, names: string[]): string[] {
  const rows = report.workers.map(({ worker, checks }) => {
    const cells = names.map((name) => {
      const check = checks.find((candidate) => candidate.name === name);
      return check ? `${check.ok ? '✓' : '✗'} ${escapeMarkdown(check.message)}` : '';
    });
    return `| ${[escapeMarkdown(worker), ...cells].join(' | ')} |`;
  });
  const headings = names.map((name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  return [`| Worker | ${headings.join(' | ')} |`, `|:--|${names.map(() => ':--|').join('')}`, ...rows];
}
