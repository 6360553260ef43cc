import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ControlError } from '../../src/control/control-error.ts';
import type { CrewState } from '../../src/control/crew-state.ts';
import type { LinkState } from '../../src/extension/link-state.ts';
import { statusBarText } from '../../src/extension/status-bar/status-bar-text.ts';
import { FakeClient } from '../fake-client.ts';
import { annotationCrew, scriptedCrew } from './scripted-crew.ts';

const place = { folder: '/home/ada/epidemic', trusted: true, writable: true };

function connected(crew: CrewState): LinkState {
  return { kind: 'connected', place, client: new FakeClient(crew), crew };
}

describe('the status bar item', () => {
  it('is not there in a workspace that has nothing to do with Nightcrew', () => {
    assert.equal(statusBarText({ kind: 'noWorkspace' }, false), undefined);
    assert.equal(statusBarText({ kind: 'stopped', place }, false), undefined);
  });

  it('counts the healthy of those that live', () => {
    const text = statusBarText(connected(scriptedCrew()), true);
    assert.equal(text?.text, '$(pulse) 1/1');
    assert.equal(text?.warning, false);
    assert.equal(text?.spoken, 'Nightcrew: 1 of 1 worker healthy');
  });

  it('warns when something failed, and says what in words', () => {
    const text = statusBarText(connected(annotationCrew()), true);
    assert.equal(text?.text, '$(warning) 27/29');
    assert.equal(text?.warning, true);
    assert.equal(text?.spoken, 'Nightcrew: 27 of 29 workers healthy, 1 failed');
  });

  it('names what is wrong, with its figures and the next step behind it', () => {
    const trouble = {
      kind: 'storage',
      message: 'The disk is full: 0 B free.',
      nextStep: 'Free some.',
      since: 0,
    } as const;
    const text = statusBarText(connected(scriptedCrew({ troubles: [trouble] })), true)!;
    assert.equal(text.text, '$(warning) 1/1 · Disk refuses writes');
    assert.equal(text.warning, true);
    assert.match(text.tooltip, /Disk refuses writes\.\*\* The disk is full: 0 B free\. Free some\./);
    assert.equal(text.spoken, 'Nightcrew: The disk is full: 0 B free. Free some. 1 of 1 worker healthy');
  });

  it('says why a supervisor that lives cannot be worked with', () => {
    const refusal = new ControlError(4001, 'It is of version 0.9.', { nextStep: 'Update the extension.' });
    const text = statusBarText({ kind: 'refused', place, refusal }, false)!;
    assert.equal(text.warning, true);
    assert.equal(text.spoken, 'Nightcrew. It is of version 0.9. Update the extension.');
    assert.match(text.tooltip, /version 0\.9\. Update the extension\./);
  });

  it('has each pool, the queue, the memory and the commands in its tooltip', () => {
    const tooltip = statusBarText(connected(annotationCrew()), true)!.tooltip;
    assert.match(
      tooltip,
      /\| annotate \| 27\/29 healthy · 1 failed \| 10,204 waiting, 4,402 done, 3 failed, 1 h 27 min left \|/,
    );
    assert.match(tooltip, /Memory: crew 17 GB, machine 33 GB of 64 GB/);
    assert.match(tooltip, /\[Dashboard\]\(command:nightcrew\.openDashboard\)/);
  });

  it('offers to start the crew when nothing runs, but not where nothing may be started', () => {
    const stopped = statusBarText({ kind: 'stopped', place }, true);
    assert.match(stopped!.tooltip, /command:nightcrew\.startCrew/);
    const untrusted = statusBarText({ kind: 'untrusted', place }, true);
    assert.doesNotMatch(untrusted!.tooltip, /command:/);
    assert.match(untrusted!.spoken, /Restricted Mode/);
  });

  it('turns while it connects', () => {
    assert.equal(statusBarText({ kind: 'connecting', place }, true)?.text, '$(loading~spin) Nightcrew');
  });
});
