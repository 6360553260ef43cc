import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { assertValid, definitionNames, schemaFolder, validatorOf } from './schema.ts';

const examples = new URL('examples/', schemaFolder);

interface Example {
  message: string;
  name: string;
  value: unknown;
}

function examplesIn(folder: URL): Example[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'invalid')
    .flatMap(({ name: message }) =>
      readdirSync(new URL(`${message}/`, folder)).map((file) => ({
        message,
        name: file.replace('.json', ''),
        value: JSON.parse(readFileSync(new URL(`${message}/${file}`, folder), 'utf8')) as unknown,
      })),
    );
}

const messages = definitionNames.filter((name) => /(Request|Response|Notification)$/.test(name));

describe('examples of messages', () => {
  for (const { message, name, value } of examplesIn(examples)) {
    it(`${message}: ${name}`, () => {
      assertValid(message, value);
      assert.ok(validatorOf('WorkerMessage')(value) || validatorOf('SupervisorMessage')(value));
    });
  }

  for (const { message, name, value } of examplesIn(new URL('invalid/', examples))) {
    it(`refuses ${message}: ${name}`, () => {
      assert.equal(validatorOf(message)(value), false);
    });
  }

  for (const message of messages) {
    it(`there is one of ${message}`, () => {
      assert.ok(examplesIn(examples).some((example) => example.message === message));
    });
  }
});
