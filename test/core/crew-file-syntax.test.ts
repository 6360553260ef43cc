import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCrewFile } from '../../src/core/crew-file.ts';

function problemsOf(text: string): string[] {
  return parseCrewFile(text, '/home/ada/study/nightcrew.yaml').problems.map(
    ({ line, column, message, nextStep }) => `${line}:${column} ${message} ${nextStep}`,
  );
}

describe('invalid YAML', () => {
  const cases: [text: string, problem: string][] = [
    [
      'pools:\n\ta: {}',
      '2:1 This is not valid YAML: Tabs are not allowed as indentation. Indent with spaces.',
    ],
    [
      'pools:\n  s:\n    command: python x\n   workers: 3',
      '4:1 This is not valid YAML: All mapping items must start at the same column. Check the spaces at the start of this line and the ones around it, and that every bracket is closed.',
    ],
    [
      'pools: { a: { command: x } }\n---\nb: 1',
      '2:1 This is not valid YAML: a second document begins here, and a crew file is one. Keep one document: remove the line "---".',
    ],
    ['pools:\r\n  mod\uFFFDle: { command: x }', '2:6 The crew file is not UTF-8 text. Save it as UTF-8.'],
    [
      'pools:\n  a:\n    command:\u00A0x',
      '3:13 A no-break space stands here, as web pages and word processors have them. Replace it by an ordinary space.',
    ],
    [
      '<<<<<<< HEAD\npools: {}\n=======\n>>>>>>> b',
      '1:1 A merge of git left its marks here. Keep one of the two versions, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>.',
    ],
    [
      'pools:\n  a:\n    run: {python} x.py',
      '3:19 This is not valid YAML: Unexpected scalar at node end. Put the whole text in quotes, and check that the line has "name: value".',
    ],
    [
      'pools:\n  a:\n    run: "C:\\Users\\x.exe"',
      '3:13 This is not valid YAML: Invalid escape sequence \\Users\\x.e. Write the text in single quotes, or each "\\" twice.',
    ],
    [
      'pools: { a: { command: !x ls } }',
      '1:24 This is not valid YAML: Unresolved tag: !x. Remove the tag: a text that begins with "!" must stand in quotes.',
    ],
  ];
  for (const [text, problem] of cases) {
    it(problem, () => assert.deepEqual(problemsOf(text), [problem]));
  }

  it('reads a file of Windows, with a mark at its beginning', () => {
    const text = '\uFEFFpools:\r\n  a:\r\n    command: python x.py\r\n    comand: x\r\n';
    assert.deepEqual(problemsOf(text), ['4:5 Pool "a" has no setting "comand". Did you mean "command"?']);
  });
});
