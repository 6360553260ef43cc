/** What the status bar item says in each state of the link, as plain data. */
import type { ControlError } from '../../control/control-error.ts';
import type { CrewState, PoolView, Trouble } from '../../control/crew-state.ts';
import { fullText } from '../../control/full-text.ts';
import { TROUBLE_TITLES } from '../../control/trouble-title.ts';
import { CommandId } from '../contributions.ts';
import { formatByteSize } from '../../core/byte-size.ts';
import { quantity } from '../../core/quantity.ts';
import { formatCount } from '../format/count.ts';
import { formatDuration } from '../../core/duration.ts';
import { escapeMarkdown } from '../format/markdown.ts';
import type { LinkState } from '../link-state.ts';
import { strengthOf, strengthText } from '../workers-view/crew-strength.ts';

export interface StatusBarText {
  text: string;
  /** Markdown with command links. */
  tooltip: string;
  spoken: string;
  warning: boolean;
  command: CommandId;
}

/** Undefined: the item is hidden, because this workspace has nothing to do with Nightcrew. */
export function statusBarText(state: LinkState, hasCrewFile: boolean): StatusBarText | undefined {
  switch (state.kind) {
    case 'noWorkspace':
      return undefined;
    case 'untrusted':
    case 'readOnly':
    case 'stopped':
      return hasCrewFile ? stoppedText(state.kind) : undefined;
    case 'refused':
      return refusedText(state.refusal);
    case 'connecting':
      return {
        text: '$(loading~spin) Nightcrew',
        tooltip: 'Nightcrew: connecting to the supervisor',
        spoken: 'Nightcrew is connecting to the supervisor',
        warning: false,
        command: CommandId.showLog,
      };
    case 'connected':
      return connectedText(state.crew);
  }
}

const REST_REASONS = {
  stopped: 'The supervisor is stopped.',
  untrusted: 'The workspace is in Restricted Mode: nothing is started.',
  readOnly: 'The workspace folder is read-only: nothing is started.',
} as const;

function stoppedText(kind: keyof typeof REST_REASONS): StatusBarText {
  const startLinks = kind === 'stopped' ? [link('Start Crew', CommandId.startCrew)] : [];
  return {
    text: '$(debug-stop) Nightcrew',
    tooltip: ['**Nightcrew**', REST_REASONS[kind], startLinks.join(' · ')].filter(Boolean).join('\n\n'),
    spoken: `Nightcrew. ${REST_REASONS[kind]}`,
    warning: false,
    command: CommandId.openDashboard,
  };
}

function refusedText(refusal: ControlError): StatusBarText {
  const reason = fullText(refusal);
  return {
    text: '$(warning) Nightcrew',
    tooltip: ['**Nightcrew**', escapeMarkdown(reason), link('Show Log', CommandId.showLog)].join('\n\n'),
    spoken: `Nightcrew. ${reason}`,
    warning: true,
    command: CommandId.openDashboard,
  };
}

function connectedText(crew: CrewState): StatusBarText {
  const { healthy, total, failed } = strengthOf(crew.workers);
  const problems = crew.crewFile.problems.length;
  const troubles = crew.troubles.map(({ kind }) => TROUBLE_TITLES[kind]);
  const warning = healthy < total || problems > 0 || troubles.length > 0;
  const spoken = [
    `${healthy} of ${quantity(total, 'worker')} healthy`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(problems > 0 ? [quantity(problems, 'crew file problem')] : []),
  ].join(', ');
  return {
    text: [`${warning ? '$(warning)' : '$(pulse)'} ${healthy}/${total}`, ...troubles].join(' · '),
    tooltip: connectedTooltip(crew),
    spoken: ['Nightcrew:', ...crew.troubles.map(fullText), spoken].join(' '),
    warning,
    command: CommandId.openDashboard,
  };
}

function connectedTooltip(crew: CrewState): string {
  const { machine } = crew;
  const { failed } = strengthOf(crew.workers);
  const problems = crew.crewFile.problems.length;
  const warnings = [
    ...crew.troubles.map(troubleLine),
    ...(failed > 0 ? [`$(error) ${quantity(failed, 'worker')} failed`] : []),
    ...(problems > 0 ? [`$(warning) The crew file has ${quantity(problems, 'problem')}`] : []),
  ];
  const used = machine.memoryTotal - machine.memoryAvailable;
  return [
    `**Nightcrew** · ${strengthText(crew.workers)}`,
    ...warnings,
    crew.pools.length === 0 ? 'No pools yet.' : poolTable(crew),
    `Memory: crew ${formatByteSize(machine.crewMemory)}, machine ${formatByteSize(used)} of ${formatByteSize(machine.memoryTotal)}`,
    [
      link('Dashboard', CommandId.openDashboard),
      link('Add Worker', CommandId.addWorker),
      link('Enqueue Jobs', CommandId.enqueueJobs),
      link('Health Check', CommandId.healthCheck),
    ].join(' · '),
  ].join('\n\n');
}

function troubleLine(trouble: Trouble): string {
  return `$(warning) **${TROUBLE_TITLES[trouble.kind]}.** ${escapeMarkdown(fullText(trouble))}`;
}

function poolTable(crew: CrewState): string {
  const rows = crew.pools.map((pool) => {
    const workers = crew.workers.filter((worker) => worker.pool === pool.name);
    return `| ${escapeMarkdown(pool.name)} | ${strengthText(workers)} | ${queueText(pool)} |`;
  });
  return ['| Pool | Workers | Queue |', '|:--|:--|:--|', ...rows].join('\n');
}

function queueText({ counts, etaSeconds }: PoolView): string {
  const parts = [`${formatCount(counts.pending)} waiting`, `${formatCount(counts.done)} done`];
  if (counts.failed > 0) parts.push(`${formatCount(counts.failed)} failed`);
  if (etaSeconds !== undefined && counts.pending > 0) parts.push(`${formatDuration(etaSeconds)} left`);
  return parts.join(', ');
}

function link(title: string, command: CommandId): string {
  return `[${title}](command:${command})`;
}
