import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import {
  FIRST_DELAY_MILLISECONDS,
  LONGEST_DELAY_MILLISECONDS,
  PROOF_MILLISECONDS,
  STUCK_MILLISECONDS,
  SupervisorRestart,
} from '../../src/keeper/supervisor-restart.ts';
import { ManualClock } from '../manual-clock.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { waitFor } from '../wait-for.ts';

const failing = { executable: process.execPath, arguments: ['-e', 'process.exit(3)'], env: {} };
/** Hangs while its folder exists, so that a test that fails leaves nothing behind either. */
const hangingWhile = (folder: string) => ({
  executable: process.execPath,
  arguments: ['-e', `setInterval(() => fs.existsSync(${JSON.stringify(folder)}) || process.exit(), 20)`],
  env: {},
});

function started(command = failing) {
  const clock = new ManualClock();
  const log: string[] = [];
  const restart = new SupervisorRestart(command, clock, (line) => log.push(line));
  const count = (text: string) => log.filter((line) => line.includes(text)).length;
  return {
    clock,
    restart,
    starts: () => count('starting a supervisor'),
    ends: () => count('has ended'),
    log,
  };
}

describe('SupervisorRestart', () => {
  it('starts soon after a loss, then at doubled intervals up to half a minute', async () => {
    const { clock, restart, starts, ends } = started();
    restart.onLost();
    let interval = FIRST_DELAY_MILLISECONDS;
    for (let n = 1; n <= 11; n++) {
      clock.advance(interval - 1);
      assert.equal(starts(), n - 1);
      clock.advance(1);
      assert.equal(starts(), n);
      await waitFor('the end of the supervisor', () => ends() === n);
      interval = Math.min(interval * 2, LONGEST_DELAY_MILLISECONDS);
    }
    restart.stop();
    clock.advance(10 * LONGEST_DELAY_MILLISECONDS);
    assert.equal(starts(), 11);
  });

  it('goes on waiting longer for a supervisor that connects and falls over', async () => {
    const { clock, restart, starts, ends } = started();
    restart.onLost();
    clock.advance(FIRST_DELAY_MILLISECONDS);
    restart.onConnected(undefined);
    clock.advance(PROOF_MILLISECONDS - 1);
    await waitFor('its end', () => ends() === 1);
    restart.onLost();
    clock.advance(2 * FIRST_DELAY_MILLISECONDS - 1);
    assert.equal(starts(), 1);
    clock.advance(1);
    assert.equal(starts(), 2);
    restart.stop();
    await waitFor('its end', () => ends() === 2);
  });

  it('begins anew after a supervisor that has proved itself', async () => {
    const { clock, restart, starts, ends } = started();
    restart.onLost();
    clock.advance(FIRST_DELAY_MILLISECONDS);
    restart.onConnected(undefined);
    clock.advance(PROOF_MILLISECONDS);
    restart.onLost();
    clock.advance(FIRST_DELAY_MILLISECONDS);
    assert.equal(starts(), 2);
    restart.stop();
    await waitFor('their ends', () => ends() === 2);
  });

  it('starts no second one while the first lives, and kills one that never connects', async () => {
    const folder = await temporaryFolder();
    const { clock, restart, starts, ends } = started(hangingWhile(folder));
    restart.onLost();
    clock.advance(FIRST_DELAY_MILLISECONDS);
    clock.advance(STUCK_MILLISECONDS - LONGEST_DELAY_MILLISECONDS);
    assert.equal(starts(), 1);
    clock.advance(2 * LONGEST_DELAY_MILLISECONDS);
    assert.equal(starts(), 2);
    await waitFor('the end of the first', () => ends() === 1);
    clock.advance(STUCK_MILLISECONDS + LONGEST_DELAY_MILLISECONDS);
    await waitFor('the end of the second', () => ends() === 2);
    restart.stop();
    await rm(folder, { recursive: true });
    await waitFor('the end of all', () => ends() === starts());
  });

  it('survives a command that does not exist', async () => {
    const { clock, restart, log } = started({ ...failing, executable: '/nonexistent/node' });
    restart.onLost();
    clock.advance(FIRST_DELAY_MILLISECONDS);
    await waitFor('the error', () => log.some((line) => line.includes('could not be started')));
    restart.stop();
  });

  it('uses the command that a newer supervisor brought', async () => {
    const { clock, restart, log } = started();
    restart.onConnected({ ...failing, arguments: ['-e', 'process.exit(4)'] });
    restart.onLost();
    clock.advance(FIRST_DELAY_MILLISECONDS);
    await waitFor('its end', () => log.some((line) => line.includes('code 4')));
    restart.stop();
  });
});
