import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreError } from '../../src/store/store-error.ts';
import type { FileSystem } from '../../src/store/file-system.ts';
import { checkSite, collectCrashSites } from './crash-sites.ts';
import { failingFiles, STEPS, type Fault } from './failing-files.ts';
import { Ledger } from './ledger.ts';
import { MemoryDisk } from './memory-disk.ts';
import { live, openOn, scriptedEvents } from './scripted-life.ts';

/** Set to another number by hand, for other tears than the usual ones, and for more of them. */
const SEED = Number(process.env['NIGHTCREW_CRASH_SEED'] ?? 0);
const THOROUGH = SEED !== 0;

const events = scriptedEvents();

describe('a crash', () => {
  it('at any boundary of the file layer loses nothing that was acknowledged', async (test) => {
    const ledger = new Ledger(events);
    const { sites, boundaries } = await collectCrashSites(new MemoryDisk(), ledger, SEED, (files) =>
      live(files, ledger),
    );
    assert.deepEqual(new Set(boundaries.map(({ step }) => step)), new Set(STEPS));
    for (const site of sites) await checkSite(site);
    test.diagnostic(`${boundaries.length} boundaries, ${sites.length} different remains`);
  });

  it('where a file cannot have two names loses nothing either', async (test) => {
    const ledger = new Ledger(events);
    const { sites } = await collectCrashSites(new MemoryDisk(), ledger, SEED, (files) =>
      live({ ...files, link: () => Promise.reject(new Error('EPERM')) }, ledger),
    );
    for (const site of sites) await checkSite(site);
    test.diagnostic(`${sites.length} different remains`);
  });

  it('while a start puts right what a crash has left loses nothing either', async (test) => {
    const ledger = new Ledger(events);
    const first = await collectCrashSites(new MemoryDisk(), ledger, SEED, (files) => live(files, ledger));
    const torn = first.sites.filter(({ name }) => name.includes('torn') || name.includes('some pages'));
    const chosen = THOROUGH ? torn : torn.filter((_, index) => index % 16 === 0);
    let count = 0;
    for (const site of chosen) {
      const again = await collectCrashSites(site.disk.copy(), site.ledger, SEED, async (files) => {
        const { store } = await openOn(files);
        await store.close();
      });
      count += again.sites.length;
      for (const second of again.sites) await checkSite({ ...second, name: `${site.name}; ${second.name}` });
    }
    test.diagnostic(`${chosen.length} first crashes, ${count} second ones`);
  });
});

/** Fails at one step, and from then on when the trouble stays. */
interface Trouble {
  code: string;
  stays: boolean;
}

const TROUBLES: readonly Trouble[] = [
  { code: 'EIO', stays: false },
  { code: 'ENOSPC', stays: false },
  { code: 'SHORT', stays: false },
  { code: 'EIO', stays: true },
  { code: 'ENOSPC', stays: true },
];

/** Lives like a supervisor on a disk in trouble: a store that fails is closed and another opened, a few times. */
async function liveInTrouble(files: FileSystem, ledger: Ledger): Promise<void> {
  for (let session = 1; session <= 3; session++) {
    try {
      await live(files, ledger);
      return;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      assert.notEqual(error.file, '');
      assert.notEqual(error.nextStep, '');
    }
  }
}

describe('a disk that refuses', () => {
  for (const { code, stays } of TROUBLES) {
    it(`any step (${code}${stays ? ', from then on' : ' once'}) costs nothing that was acknowledged`, async (test) => {
      const seen = new Set<string>();
      let lives = 0;
      for (let step = 1, more = true; more; step++) {
        let steps = 0;
        const fault: Fault = (kind) => {
          steps++;
          if (stays ? steps < step : steps !== step) return undefined;
          return code === 'SHORT' && kind !== 'write' ? undefined : code;
        };
        const disk = new MemoryDisk();
        const ledger = new Ledger(events);
        await liveInTrouble(failingFiles(disk, fault), ledger);
        more = steps >= step;
        lives++;
        for (const [kind, remains] of [
          ['then killed', disk.copy()],
          ['then power cut', disk.afterPowerCut(() => false)],
        ] as const) {
          const key = `${remains.fingerprint()} ${ledger.acknowledged}`;
          if (seen.has(key)) continue;
          seen.add(key);
          await checkSite({ name: `step ${step}, ${kind}`, disk: remains, ledger: ledger.copy() });
        }
      }
      test.diagnostic(`${lives} lives, ${seen.size} different remains`);
    });
  }
});
