/** A workspace with a crew file and a supervisor that lives, for command lines to be tried on. */
import type { TestContext } from 'node:test';
import { scriptedCrew } from '../extension/scripted-crew.ts';
import { FakeClient, type Answers } from '../fake-client.ts';
import { FakeHost } from './fake-host.ts';
import { temporaryWorkspace } from './temporary-workspace.ts';

const CREW_FILE = `
pools:
  simulate: { command: python3 simulate.py, workers: 2 }
  tag: { command: python3 tag.py }
batches:
  sweep: { pool: simulate, matrix: { seed: 1..600 } }
`;

export function crewScene(test: TestContext, answers: Answers = {}): { host: FakeHost; client: FakeClient } {
  const host = new FakeHost(temporaryWorkspace(test, { 'nightcrew.yaml': CREW_FILE }));
  const client = new FakeClient(scriptedCrew(), answers);
  host.alive = client;
  return { host, client };
}
