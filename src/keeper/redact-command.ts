/** A command line as it may be shown and logged: what looks like a secret is replaced. */

const SECRET_NAME = '[\\w-]*(?:token|password|passwd|secret|api[-_]?key|credential)[\\w-]*';
/** `--token=abc`, `API_KEY=abc`. */
const ASSIGNED = new RegExp(`^(-{0,2}${SECRET_NAME}=).+$`, 'i');
/** `--token abc`: the next argument is the secret. */
const ANNOUNCED = new RegExp(`^-{1,2}${SECRET_NAME}$`, 'i');
/** `https://user:abc@host`. */
const IN_ADDRESS = /(\b[a-z][a-z\d+.-]*:\/\/[^/\s:@]*):[^/\s@]+@/gi;

export function redactCommand(command: readonly string[]): string {
  return command
    .map((argument, index) => {
      if (index > 0 && ANNOUNCED.test(command[index - 1]!) && !argument.startsWith('-')) return '***';
      const shown = argument.replace(ASSIGNED, '$1***').replaceAll(IN_ADDRESS, '$1:***@');
      return /^[\w@%+=:,./*-]+$/.test(shown) ? shown : JSON.stringify(shown);
    })
    .join(' ');
}
