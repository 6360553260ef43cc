import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ControlError, ControlErrorCode } from '../../src/control/control-error.ts';
import type { LinkState } from '../../src/extension/link-state.ts';
import { situationOf, type Situation } from '../../src/extension/situation.ts';
import { FakeClient } from '../fake-client.ts';
import { scriptedCrew } from './scripted-crew.ts';

const place = { folder: '/home/ada/epidemic', trusted: true, writable: true };
const crew = scriptedCrew();
const refusal = (code: 'refused' | 'elsewhere'): ControlError =>
  new ControlError(ControlErrorCode[code], 'It cannot be worked with.');
const client = new FakeClient(crew);

describe('why a view is empty', () => {
  const cases: [string, LinkState, boolean, Situation][] = [
    ['no folder', { kind: 'noWorkspace' }, false, 'noFolder'],
    ['restricted mode', { kind: 'untrusted', place }, true, 'untrusted'],
    ['a folder that cannot be written', { kind: 'readOnly', place }, true, 'readOnly'],
    [
      'a supervisor that is too new',
      { kind: 'refused', place, refusal: refusal('refused') },
      true,
      'refused',
    ],
    ['another machine', { kind: 'refused', place, refusal: refusal('elsewhere') }, true, 'elsewhere'],
    ['the first connecting', { kind: 'connecting', place }, true, 'connecting'],
    ['connecting again, with workers known', { kind: 'connecting', place, crew }, true, 'active'],
    ['no supervisor and no crew file', { kind: 'stopped', place }, false, 'noCrew'],
    ['no supervisor', { kind: 'stopped', place }, true, 'stopped'],
    ['no worker', { kind: 'connected', place, client, crew: { ...crew, workers: [] } }, true, 'noWorkers'],
    [
      'no worker and no pool',
      { kind: 'connected', place, client, crew: { ...crew, workers: [], pools: [] } },
      false,
      'noCrew',
    ],
    ['a crew', { kind: 'connected', place, client, crew }, true, 'active'],
  ];
  for (const [name, state, hasCrewFile, situation] of cases) {
    it(`${name}: ${situation}`, () => assert.equal(situationOf(state, hasCrewFile), situation));
  }
});
