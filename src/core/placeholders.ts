/**
 * Placeholders of a command line: `{site}` becomes the parameter `site`, `{{site}}` the text `{site}`. Other braces
 * stay as they are, so that `awk '{print $1}'`, `sh -c 'echo ${HOME}'` and JSON need no escapes. Arguments are never
 * joined nor split and no shell sees them: a value cannot become a second argument or a command.
 */

/** A name as placeholders can hold it: letters, digits, `_`, `.` and `-`. */
const PLACEHOLDER = /\{\{([\w.-]+)\}\}|(?<!\$)\{([\w.-]+)\}/g;

/** The argument list with its placeholders filled in, and the placeholders that no parameter has the name of. */
export function fillPlaceholders(
  command: readonly string[],
  parameters: Readonly<Record<string, unknown>>,
): { command: string[]; unknown: string[] } {
  const unknown = new Set<string>();
  const filled = command.map((argument) =>
    argument.replace(PLACEHOLDER, (whole, escaped: string | undefined, name: string) => {
      if (escaped !== undefined) return `{${escaped}}`;
      if (Object.hasOwn(parameters, name)) return parameterText(parameters[name]);
      unknown.add(name);
      return whole;
    }),
  );
  return { command: filled, unknown: [...unknown] };
}

/** A parameter as a command line or an environment variable has it: text as it is, everything else as JSON. */
export function parameterText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The variable by which a command finds a parameter in its environment. */
export function parameterVariable(parameter: string): string {
  return `NIGHTCREW_PARAM_${parameter.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/** `${seed}` is a shell's, and `{seed}` may have been meant. */
export function shellVariables(command: readonly string[]): string[] {
  return [...command.join('\n').matchAll(/\$\{([\w.-]+)\}/g)].map(([, name]) => name!);
}
