/** The examples at the end of a command's help: they teach faster than its options. */

/** Lines of `[command, what it does]`, aligned. */
export function helpExamples(examples: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(([command, meaning]) => `  ${command.padEnd(width)}  ${meaning}`);
  return `\nExamples:\n${lines.join('\n')}`;
}
