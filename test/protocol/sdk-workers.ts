import assert from 'node:assert/strict';

const fixture = (name: string) => new URL(`fixtures/${name}`, import.meta.url).pathname;

/** The SDKs that the same scenarios run for, and their fixture workers. */
export const sdks = [
  { name: 'Python', language: 'python', command: ['python3', fixture('worker.py')] },
  { name: 'Node.js', language: 'javascript', command: [process.execPath, fixture('worker.cjs')] },
];

export interface Failure {
  code: number;
  message: string;
  data: Record<string, unknown>;
}

/** The error an answer is rejected with; fails when it is not. */
export async function failureOf(answer: Promise<unknown>): Promise<Failure> {
  return answer.then(
    (result) => assert.fail(`answered ${JSON.stringify(result)}`),
    (error: Failure) => error,
  );
}
