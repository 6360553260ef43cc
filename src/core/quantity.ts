/** `1 worker`, `2 workers`, `1,000,000 jobs`; the plural is given where an `s` does not make it. */
export function quantity(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}
