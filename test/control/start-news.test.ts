import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerInfo, StartAccount } from '../../src/control/crew-state.ts';
import { damageNews, harmlessNews, startNews } from '../../src/control/start-news.ts';
import { scriptedCrew } from '../extension/scripted-crew.ts';

const { server } = scriptedCrew();

function started(start: Partial<StartAccount>): ServerInfo {
  return { ...server, start: { cause: 'new', adopted: 0, lost: 0, requeued: 0, ...start } };
}

describe('the news of a start', () => {
  it('tells what a restart of the machine did to the crew', () => {
    const info = started({ cause: 'rebooted', lost: 4, requeued: 12 });
    assert.equal(
      startNews(info, true),
      'The machine was restarted. 12 jobs that were running went back to the queue; 4 workers were started again.',
    );
    assert.equal(
      startNews(info, false),
      'The machine was restarted. 12 jobs that were running went back to the queue; 4 workers were lost.',
    );
  });

  it('tells what a crash cost, and what it did not', () => {
    assert.equal(
      startNews(started({ cause: 'crashed', adopted: 29, lost: 1, requeued: 1 }), true),
      'The supervisor ended unexpectedly and was started again. 1 job that was running went back to the queue; ' +
        '1 worker was started again; 29 workers went on undisturbed.',
    );
  });

  it('tells what a take-over from another machine did', () => {
    assert.match(
      startNews(started({ cause: 'taken-over', lost: 2, requeued: 2 }), true)!,
      /^The crew was taken over from another machine\. 2 jobs /,
    );
  });

  it('has a line for what cost nothing', () => {
    assert.equal(
      harmlessNews(started({ cause: 'crashed', adopted: 30 })),
      'The supervisor ended unexpectedly and was started again. 30 workers went on undisturbed.',
    );
    assert.equal(
      harmlessNews(started({ cause: 'handed-over', adopted: 1 })),
      `The supervisor of version ${server.version} took over. 1 worker went on undisturbed.`,
    );
    assert.equal(harmlessNews(started({ cause: 'crashed', lost: 1, requeued: 1 })), undefined);
    assert.equal(harmlessNews(started({ cause: 'stopped' })), undefined);
  });

  it('is silent about starts that are as they should be', () => {
    for (const cause of ['new', 'stopped', 'handed-over'] as const) {
      assert.equal(startNews(started({ cause, lost: 4, requeued: 12 }), true), undefined, cause);
    }
    assert.equal(startNews(started({ cause: 'crashed', adopted: 30 }), true), undefined);
    assert.equal(startNews(started({ cause: 'rebooted' }), true), undefined);
  });

  it('tells of damage, and not of a torn tail, in which nothing was that anybody was told', () => {
    assert.equal(damageNews({ ...server, recovery: { tornBytes: 17, replayed: 3 } }), undefined);
    assert.match(
      damageNews({ ...server, recovery: { tornBytes: 0, replayed: 3, snapshotProblem: 'integrity check' } })!,
      /older one was used.*integrity check/,
    );
    const damage = {
      problems: ['The journal is damaged at byte 17.'],
      keptIn: '/home/ada/.nightcrew/damaged/1',
      lost: 2,
      salvaged: 1400,
      skipped: 1,
      mended: 0,
      doubtfulWorkers: [],
    };
    assert.equal(
      damageNews({ ...server, recovery: { tornBytes: 0, replayed: 3, damage } }),
      'The stored queue was damaged. The journal is damaged at byte 17. Lost: 3 changes of the queue; ' +
        '1,400 changes behind the damage could be read. The damaged files are kept in /home/ada/.nightcrew/damaged/1.',
    );
  });
});
