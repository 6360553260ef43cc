import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cutToWidth, displayWidth } from '../../src/cli/display-width.ts';
import { renderTable } from '../../src/cli/table.ts';

const yellow = (text: string): string => `\u001b[33m${text}\u001b[39m`;

describe('a table', () => {
  const columns = [{ title: 'NAME' }, { title: 'JOBS', align: 'right' as const }, { title: 'NOTE' }];

  it('aligns its columns and leaves out empty ones', () => {
    assert.deepEqual(
      renderTable(columns, [
        ['a', '1', ''],
        ['long name', '1,000', ''],
      ]),
      ['NAME        JOBS', 'a              1', 'long name  1,000'],
    );
  });

  it('is not disturbed by colours, wide characters and combining marks', () => {
    assert.deepEqual(
      renderTable(columns, [
        [{ text: 'ok', style: yellow }, '1', 'x'],
        ['東京', '2', 'y'],
        ['cafe\u0301', '3', 'z'],
      ]),
      ['NAME  JOBS  NOTE', `${yellow('ok  ')}     1  x`, '東京     2  y', 'cafe\u0301     3  z'],
    );
  });

  it('is cut to the width of the terminal', () => {
    assert.deepEqual(renderTable(columns, [['a', '1', 'a rather long note']], { width: 20 }), [
      'NAME  JOBS  NOTE',
      'a        1  a rathe…',
    ]);
  });
});

describe('the width of a text', () => {
  it('counts columns, not characters', () => {
    assert.equal(displayWidth('abc'), 3);
    assert.equal(displayWidth('東京'), 4);
    assert.equal(displayWidth('é'), 1);
    assert.equal(displayWidth('🌍'), 2);
    assert.equal(displayWidth(yellow('abc')), 3);
  });

  it('cuts between characters', () => {
    assert.equal(cutToWidth('abcdef', 6), 'abcdef');
    assert.equal(cutToWidth('abcdef', 4), 'abc…');
    assert.equal(cutToWidth('東京都', 4), '東…');
    assert.equal(cutToWidth('abc', 0), '');
  });
});
