import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { contentProblem, type FileEnds } from '../../src/core/output-integrity.ts';
import { csvLine } from '../../src/core/csv-line.ts';

const whole = (text: string): FileEnds => ({ head: text, tail: text, isWhole: true });
const ends = (head: string, tail: string): FileEnds => ({ head, tail, isWhole: false });

describe('what a file holds', () => {
  const cases: [string, FileEnds, string | undefined][] = [
    ['a.json', whole('{"loss": [0.1, 0.2]}\n'), undefined],
    ['a.json', whole('\uFEFF{"loss": NaN, "bound": -Infinity}'), undefined],
    ['a.json', whole('{"loss": [0.1, 0.'), 'is no whole JSON'],
    ['a.JSON', whole('{"loss": 0.1}{"loss": 0.2}'), 'is no whole JSON'],
    ['a.json', ends('[1, 2', '3, 4]\n'), undefined],
    ['a.json', ends('[1, 2', '3, 4, '), 'is no whole JSON'],
    ['a.jsonl', whole('{"a": 1}\n{"a": 2}\n'), undefined],
    ['a.jsonl', whole('{"a": 1}\n{"a": '), 'ends in the middle of a line'],
    ['a.ndjson', ends('{"a": 1}\n', 'of a very long line'), undefined],
    ['a.csv', whole('x,y\n1,2\n3,4\n'), undefined],
    ['a.csv', whole('x,y\n1,2\n3,4'), undefined],
    ['a.csv', whole('x,y\r\n1,2\r\n3'), 'ends in the middle of a row'],
    ['a.csv', whole('x,y\n1,"a\nb,c'), 'ends in the middle of a row'],
    ['a.csv', whole('# by hand\nx,y\n1,2\n'), undefined],
    ['a.csv', whole('x,y\n1,2\ntotal\n'), undefined],
    ['a.csv', whole('x;y\n1,5;2,5\n1;2'), undefined],
    ['a.tsv', whole('x\ty\n1\t2\n3'), 'ends in the middle of a row'],
    ['a.csv', ends('x,y\n1,2', '5,6\n7'), 'ends in the middle of a row'],
    ['a.csv', ends('x,y\n1,"2', 'b",6\n7'), undefined],
    ['a.txt', whole('{'), undefined],
    ['results', whole('{'), undefined],
    ['a.json', whole('\xff\xfe{\0"\0'), undefined],
  ];
  for (const [file, given, problem] of cases)
    it(`${file} with ${JSON.stringify(given.tail)} ${problem ?? 'is taken for whole'}`, () => {
      assert.equal(contentProblem(file, given), problem);
    });

  it('is whole when it is JSON, and is not when it is cut', () => {
    fc.assert(
      fc.property(fc.object(), fc.nat(), (value, at) => {
        const text = JSON.stringify(value);
        assert.equal(contentProblem('a.json', whole(text)), undefined);
        const cut = text.slice(0, at % text.length);
        assert.equal(contentProblem('a.json', whole(cut)), 'is no whole JSON');
      }),
    );
  });

  it('is whole when it is a table as it is written here', () => {
    const cell = fc.oneof(fc.string(), fc.double(), fc.integer());
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }));
    fc.assert(
      fc.property(table, (rows) => {
        assert.equal(contentProblem('a.csv', whole(rows.map(csvLine).join(''))), undefined);
      }),
    );
  });
});
