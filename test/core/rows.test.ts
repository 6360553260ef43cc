import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cellValue } from '../../src/core/cell-value.ts';
import { parseCsv, parseJsonl, type Rows } from '../../src/core/rows.ts';

function problemsOf({ problems }: Rows): string[] {
  return problems.map(({ line, message, nextStep }) =>
    [`${line}`, message, nextStep].filter((part) => part !== undefined).join(' '),
  );
}

describe('a CSV file', () => {
  const csv = (text: string): Rows => parseCsv(text, 'sites.csv');

  it('gives a row of parameters for each line, typed by what the cells look like', () => {
    assert.deepEqual(csv('site,alpha,keep,note\nnorth,0.5,true,\n"south, east",-1e-3,FALSE,"say ""hi"""\n'), {
      rows: [
        { site: 'north', alpha: 0.5, keep: true, note: null },
        { site: 'south, east', alpha: -0.001, keep: false, note: 'say "hi"' },
      ],
      problems: [],
    });
  });

  it('may begin with a byte order mark, end its lines with CRLF and have spaces around values', () => {
    assert.deepEqual(csv('\uFEFFa, b\r\n1, 2\r\n\r\n').rows, [{ a: 1, b: 2 }]);
  });

  it('may be separated by tabs when it is called so', () => {
    assert.deepEqual(parseCsv('a\tb\n1\tx,y\n', 'SITES.TSV').rows, [{ a: 1, b: 'x,y' }]);
  });

  it('names the line of a ragged row, also behind a value of several lines, and keeps the others', () => {
    const rows = csv('a,b\n1\n2,3,4\n\n"x\ny",4\n5\n');
    assert.deepEqual(rows.rows, [{ a: 'x\ny', b: 4 }]);
    const next = 'A value that holds a separator must stand in double quotes.';
    assert.deepEqual(problemsOf(rows), [
      `2 The row has 1 value, the header names 2 parameters. ${next}`,
      `3 The row has 3 values, the header names 2 parameters. ${next}`,
      `7 The row has 1 value, the header names 2 parameters. ${next}`,
    ]);
  });

  const mistakes: [name: string, text: string, ...problems: string[]][] = [
    [
      'header names twice or missing',
      'a,a,\n1,2,3',
      '1 Columns 1 and 2 have the same name "a". Rename one.',
      '1 Column 3 has no name. Name it, or remove the column.',
    ],
    [
      'a name that would change the object',
      '__proto__\n1',
      '1 "__proto__" cannot be the name of a parameter.',
    ],
    [
      'a quote that is not closed',
      'a,b\n1,"x"\n2,"y\n3,z\n',
      '3 A quote is opened and never closed. Close it where the value ends.',
    ],
    [
      'a quote in the middle',
      'a,b\n1,x"y\n',
      '2 A quote stands in the middle of a value. Put the whole value in double quotes and write the quote inside twice.',
    ],
    [
      'text behind a quote',
      'a,b\n1,"x"y\n',
      '2 Something stands behind the closing quote of a value. Write a quote inside a quoted value twice.',
    ],
    [
      'semicolons',
      'a;b\n1;2',
      '1 The values are separated by semicolons, not by commas. Save it with commas between the values, or as a .tsv file with tabs.',
    ],
    ['no line', '', '1 The file is empty. A CSV file begins with the names of the parameters.'],
    ['no row', 'a,b\n', '1 The file has a header and no rows.'],
    ['another encoding', 'a,b\n1,Z\uFFFDrich', '2 The file is not UTF-8 text. Save it as UTF-8.'],
  ];
  for (const [name, text, ...problems] of mistakes) {
    it(`is refused for ${name}`, () => {
      assert.deepEqual(problemsOf(csv(text)), problems);
      assert.deepEqual(csv(text).rows, []);
    });
  }

  it('is told by its first mistakes when every row has one', () => {
    const problems = problemsOf(csv(`a,b\n${'1\n'.repeat(100)}`));
    assert.equal(problems.length, 21);
    assert.equal(problems.at(-1), '22 80 more rows have problems.');
  });

  it('has at most a million rows', () => {
    assert.deepEqual(problemsOf(csv(`a\n${'1\n'.repeat(1_000_001)}`)), [
      '1000002 The file has more than 1,000,000 rows. Split it into several batches.',
    ]);
  });
});

describe('a JSONL file', () => {
  const jsonl = (text: string): Rows => parseJsonl(text, 'sites.jsonl');

  it('gives a row of parameters for each line, as it stands', () => {
    const text =
      '\uFEFF{"site":"north","grid":[1,2]}\r\n\r\n{"id":"12345678901234567890","x":0.1234567890123456}\r\n';
    assert.deepEqual(jsonl(text), {
      rows: [
        { site: 'north', grid: [1, 2] },
        { id: '12345678901234567890', x: 0.1234567890123456 },
      ],
      problems: [],
    });
  });

  it('names the line of whatever is no object', () => {
    assert.deepEqual(
      problemsOf(jsonl('{"a":1}\n[1]\n3\nnull\n{"a":NaN}\n{"a":12345678901234567890}\n{"a":"\n')),
      [
        '2 The line is a list, not an object. Write e.g. {"seed": 1}.',
        '3 The line is a number, not an object. Write e.g. {"seed": 1}.',
        '4 The line is null, not an object. Write e.g. {"seed": 1}.',
        "5 The line is not valid JSON: Unexpected token 'N'. NaN and Infinity are not JSON: write null or a text.",
        '6 12345678901234567890 has too many digits for a number. Write it as text: "12345678901234567890".',
        '7 The line is not valid JSON: Unterminated string at character 6.',
      ],
    );
  });

  it('is refused when it is empty', () => {
    assert.deepEqual(problemsOf(jsonl('\n')), [
      '1 The file is empty. A JSONL file begins with an object, e.g. {"seed": 1}.',
    ]);
  });
});

describe('a cell', () => {
  const cases: [text: string, value: unknown][] = [
    ['', null],
    ['  ', null],
    ['0', 0],
    ['-3', -3],
    [' 0.50 ', 0.5],
    ['.5', 0.5],
    ['1e-4', 1e-4],
    ['1E6', 1e6],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', '9007199254740993'],
    ['1e999', '1e999'],
    ['007', '007'],
    ['+3', '+3'],
    ['1.', '1.'],
    ['.', '.'],
    ['0x10', '0x10'],
    ['1,5', '1,5'],
    ['NaN', 'NaN'],
    ['True', true],
    ['FALSE', false],
    ['yes', 'yes'],
    ['2026-11-22', '2026-11-22'],
  ];
  for (const [text, value] of cases) {
    it(`"${text}" is ${typeof value} ${String(value)}`, () => assert.equal(cellValue(text), value));
  }
});
