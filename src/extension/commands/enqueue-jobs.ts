/** Puts work into the queue: a batch of the crew file, a matrix, the rows of a file, or one job. */
import * as vscode from 'vscode';
import type { CrewState } from '../../control/crew-state.ts';
import type { EnqueueSource } from '../../control/enqueue-request.ts';
import type { ControlClient } from '../../control/client-contract.ts';
import { quantity } from '../../core/quantity.ts';
import { crewOf } from '../link-state.ts';
import { askItem } from '../questions/ask-item.ts';
import { choosePool } from './choose-pool.ts';
import { chooseTask } from './choose-task.ts';
import type { CommandContext } from './command-context.ts';
import { enqueueBatches } from './enqueue-batch.ts';
import { askFile, askMatrix, askParameters } from './enqueue-source.ts';
import { openCrewFile } from './open-crew-file.ts';
import { tellEnqueued } from './tell-enqueued.ts';

interface WhatItem extends vscode.QuickPickItem {
  enqueue?(context: CommandContext, client: ControlClient, crew: CrewState): Promise<void>;
}

export async function enqueueJobs(context: CommandContext): Promise<void> {
  const client = await context.link.ensure();
  const crew = crewOf(context.link.state);
  if (!crew) return;
  const picked = await askItem(itemsFor(crew), {
    title: 'Enqueue Jobs',
    placeHolder: 'What is to be done?',
    matchOnDescription: true,
  });
  await picked?.enqueue?.(context, client, crew);
}

function itemsFor({ crewFile }: CrewState): WhatItem[] {
  const batches = crewFile.batches.map(({ name, pool, count }): WhatItem => {
    const jobs = count === undefined ? 'jobs of a file' : quantity(count, 'job');
    return {
      label: `$(layers) ${name}`,
      description: `${jobs} for ${pool}`,
      enqueue: (context, client) => enqueueBatches(context, client, [name]),
    };
  });
  const problems = crewFile.problems.length;
  return [
    ...(problems > 0 ? [problemsItem(problems)] : []),
    ...(batches.length > 0 ? [separator('Batches of the crew file'), ...batches] : []),
    ...(batches.length > 1
      ? [
          {
            label: '$(layers-active) All batches',
            description: quantity(batches.length, 'batch', 'batches'),
            enqueue: (context: CommandContext, client: ControlClient) => enqueueBatches(context, client),
          },
        ]
      : []),
    separator('New'),
    {
      label: '$(table) Matrix…',
      description: 'every combination, such as alpha=0.1,0.2 seed=1..200',
      enqueue: (context, client, crew) => enqueueInto(context, client, crew, askMatrix),
    },
    {
      label: '$(file) CSV or JSONL file…',
      description: 'one job for each row',
      enqueue: (context, client, crew) => enqueueInto(context, client, crew, askFile),
    },
    {
      label: '$(add) One job…',
      description: 'with the parameters you type',
      enqueue: (context, client, crew) => enqueueInto(context, client, crew, askParameters),
    },
  ];
}

/** A batch that is damaged is not listed: this says where it went. */
function problemsItem(count: number): WhatItem {
  return {
    label: `$(warning) The crew file has ${quantity(count, 'problem')}`,
    description: 'what is listed here may not be all of it',
    enqueue: openCrewFile,
  };
}

function separator(label: string): WhatItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function enqueueInto(
  context: CommandContext,
  client: ControlClient,
  crew: CrewState,
  askSource: (pool: string) => Promise<EnqueueSource | undefined>,
): Promise<void> {
  const pool = await choosePool(crew, 'Enqueue Jobs');
  if (!pool) return;
  const task = await chooseTask(crew, pool);
  if (task === undefined) return;
  const source = await askSource(pool.name);
  if (!source) return;
  tellEnqueued(context, await client.request('enqueue', { pool: pool.name, task, source }));
}
