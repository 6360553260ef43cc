/** A question before something that cannot be taken back. */
import { badInput } from './cli-error.ts';
import type { Terminal } from './terminal.ts';

/** Lines of facts that are shown before the question; more would hide it. */
const MOST_FACTS = 10;

/** Whether the answer was yes. Throws CliError where nobody can be asked. */
export async function confirm(
  terminal: Terminal,
  facts: readonly string[],
  question: string,
): Promise<boolean> {
  if (!terminal.canAsk) {
    throw badInput('This needs a confirmation, and there is nobody to ask.', 'Add --yes if you mean it.');
  }
  for (const fact of facts.slice(0, MOST_FACTS)) terminal.print(fact);
  if (facts.length > MOST_FACTS) terminal.print(`… and ${facts.length - MOST_FACTS} more`);
  const answer = await terminal.ask(`${terminal.colors.bold(question)} [y/N] `);
  return typeof answer === 'object' && /^y(es)?$/i.test(answer.text.trim());
}
