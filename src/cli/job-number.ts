/** The number of a job, as an argument. */
import { InvalidArgumentError } from 'commander';

export function jobNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('A job is named by its number; `nightcrew jobs` lists them.');
}

export function collectJobNumbers(text: string, earlier: number[] = []): number[] {
  return [...earlier, jobNumber(text)];
}
