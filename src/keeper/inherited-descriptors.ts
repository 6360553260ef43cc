/**
 * File descriptors that leaked into this process from who started it. An editor's extension host has open log files and
 * sockets that are not marked close-on-exec; a keeper that lives for days would hold them, a listening port among
 * them, and hand them on to every worker.
 */
import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** The flag's bit in `/proc/self/fdinfo`, octal as it is printed there. Whatever Node opens by itself has it set. */
const CLOSE_ON_EXEC = 0o2000000;

/** Closes them, the three standard streams excepted. Linux only; elsewhere it does nothing. */
export function closeInheritedDescriptors(): void {
  if (process.platform !== 'linux') return;
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name);
    if (descriptor <= 2 || isOurOwn(descriptor)) continue;
    try {
      closeSync(descriptor);
    } catch {
      // The one by which the folder was read is closed already.
    }
  }
}

function isOurOwn(descriptor: number): boolean {
  try {
    const [, flags] =
      /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1')) ?? [];
    return flags === undefined || (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0;
  } catch {
    return true;
  }
}
