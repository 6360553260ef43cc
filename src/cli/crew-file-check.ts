/**
 * The crew file as a command needs it before it asks anything of a supervisor: a mistake in it is told in full, and
 * nothing has been started or enqueued yet.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suggestName } from '../core/closest-name.ts';
import { CREW_FILE_NAME, parseCrewFile, type CrewFile, type CrewFileProblem } from '../core/crew-file.ts';
import { badInput } from './cli-error.ts';
import { printProblem, type Problem } from './report-error.ts';
import type { Terminal } from './terminal.ts';
import { quantity } from '../core/quantity.ts';

/** Problems that are told one by one. */
const MOST_TOLD = 20;

/** The crew file of the workspace. Throws CliError when it is missing, unreadable or has problems (all printed). */
export function requireCrewFile(workspace: string, terminal: Terminal): CrewFile {
  const crewFile = printedCrewFile(workspace, terminal);
  const { length } = crewFile.problems;
  if (length === 0) return crewFile;
  throw badInput(`${CREW_FILE_NAME} has ${quantity(length, 'problem')}; nothing was done.`);
}

/** The crew file as far as it can be read, its problems printed; undefined when there is none. */
export function crewFileIfAny(workspace: string, terminal: Terminal): CrewFile | undefined {
  return existsSync(join(workspace, CREW_FILE_NAME)) ? printedCrewFile(workspace, terminal) : undefined;
}

function printedCrewFile(workspace: string, terminal: Terminal): CrewFile {
  const file = join(workspace, CREW_FILE_NAME);
  const crewFile = parseCrewFile(readCrewFile(file), file);
  const { problems, warnings } = crewFile;
  for (const warning of warnings.slice(0, MOST_TOLD))
    printProblem(terminal, located(warning, file), 'warning');
  for (const problem of problems.slice(0, MOST_TOLD)) printProblem(terminal, located(problem, file));
  return crewFile;
}

function located({ line, column, message, nextStep }: CrewFileProblem, file: string): Problem {
  return { message, place: `${file}:${line}:${column}`, nextStep };
}

function readCrewFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw badInput(`The crew file cannot be read: ${message}`, undefined, file);
    throw badInput(
      `There is no crew file ${file}.`,
      'Go to the folder that has one, add -C <folder>, or write one: `nightcrew run --help` shows how it looks.',
    );
  }
}

/** Throws CliError unless every name is among `known`. `kind` as in "There is no pool …". */
export function requireNames(
  kind: 'pool' | 'batch',
  names: readonly string[],
  known: readonly string[],
): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const otherwise = `Describe one under "${kind === 'pool' ? 'pools' : 'batches'}:" there.`;
    throw badInput(`There is no ${kind} "${name}" in the crew file.`, suggestName(name, known) ?? otherwise);
  }
}
