/** Why a text cannot be read as a crew file at all, and what to do about it. */
import type { LineCounter, YAMLError } from 'yaml';
import type { CrewFileProblem } from './crew-file-reader.ts';

/** What editors, web pages and git leave in a file, and YAML would take for names and values. */
const OBSTACLES: readonly (readonly [where: RegExp, message: string, nextStep: string])[] = [
  [/\0|\uFFFD/, 'The crew file is not UTF-8 text.', 'Save it as UTF-8.'],
  [
    /^(?:<{7}|={7}|>{7})(?: |$)/,
    'A merge of git left its marks here.',
    'Keep one of the two versions, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>.',
  ],
  [
    /(?<=^ *|^ *(?:- )?[\w-]+:)\u00A0/,
    'A no-break space stands here, as web pages and word processors have them.',
    'Replace it by an ordinary space.',
  ],
];

/** At most one: what follows from it would only distract. */
export function textProblems(text: string): CrewFileProblem[] {
  const lines = text.split(/\r?\n/);
  for (const [where, message, nextStep] of OBSTACLES) {
    const line = lines.findIndex((candidate) => where.test(candidate));
    if (line >= 0) return [{ line: line + 1, column: lines[line]!.search(where) + 1, message, nextStep }];
  }
  return [];
}

const SYNTAX_NEXT_STEPS: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT:
    'Check the spaces at the start of this line and the ones around it, and that every bracket is closed.',
  BAD_SCALAR_START: 'Put the text in quotes.',
  BAD_DQ_ESCAPE: 'Write the text in single quotes, or each "\\" twice.',
  UNEXPECTED_TOKEN: 'Put the whole text in quotes, and check that the line has "name: value".',
  BLOCK_AS_IMPLICIT_KEY: 'Put a text that holds ": " in quotes.',
  MULTILINE_IMPLICIT_KEY: 'Check that the line has "name: value" with a space behind the colon.',
  MISSING_CHAR: 'Check that every quote and bracket is closed.',
  MULTIPLE_DOCS: 'Keep one document: remove the line "---".',
  TAG_RESOLVE_FAILED: 'Remove the tag: a text that begins with "!" must stand in quotes.',
};

const OTHERWISE = 'Check this line and the one above it: "name: value", with quotes and brackets closed.';

/** One problem a line: the parser follows an error with others that it caused. */
export function syntaxProblems(errors: YAMLError[], lines: LineCounter): CrewFileProblem[] {
  const problems = new Map<number, CrewFileProblem>();
  for (const error of errors) {
    const { line, col } = lines.linePos(error.pos[0]);
    if (problems.has(line)) continue;
    const cause =
      error.code === 'MULTIPLE_DOCS'
        ? 'a second document begins here, and a crew file is one'
        : error.message;
    const nextStep = SYNTAX_NEXT_STEPS[error.code] ?? OTHERWISE;
    problems.set(line, {
      line,
      column: col,
      message: `This is not valid YAML: ${cause.replace(/\.?\s*$/, '')}.`,
      nextStep,
    });
  }
  return [...problems.values()];
}
