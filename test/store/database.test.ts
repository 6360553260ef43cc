import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Database } from '../../src/store/database.ts';
import { Projection } from '../../src/store/projection.ts';
import { APPLICATION_ID, SCHEMA_VERSION } from '../../src/store/schema.ts';
import { engine, fileOf } from './dump.ts';

describe('what the store relies on in sql.js', () => {
  const database = new Database(engine);
  database.script(
    'CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE b (a INTEGER REFERENCES a (id))',
  );
  const insert = 'INSERT INTO a VALUES (?, ?)';
  after(() => database.close());

  it('keeps prepared statements and foreign keys over a snapshot', () => {
    database.run(insert, [1, 'before']);
    const bytes = fileOf(database);
    database.run(insert, [2, 'after']);
    assert.equal(database.number('SELECT count(*) FROM a'), 2);
    assert.equal(database.number('PRAGMA foreign_keys'), 1);
    assert.throws(() => database.run('INSERT INTO b VALUES (99)', []), /FOREIGN KEY/);

    const copy = new Database(engine, bytes);
    assert.deepEqual(copy.rows('SELECT name FROM a'), [{ name: 'before' }]);
    copy.close();
  });

  it('refuses a snapshot while a transaction is open', () => {
    database.script('BEGIN');
    database.run(insert, [3, 'uncommitted']);
    assert.throws(() => database.freeze(), /transaction/);
    database.script('ROLLBACK');
  });

  it('stores whole numbers beyond 32 bits as whole numbers', () => {
    const milliseconds = 1_763_780_000_123;
    database.run('INSERT INTO a VALUES (?, ?)', [milliseconds, 'large']);
    assert.deepEqual(database.rows('SELECT id, typeof(id) AS type FROM a WHERE id = ?', [milliseconds]), [
      { id: milliseconds, type: 'integer' },
    ]);
  });

  it('leaves NULL columns out of a row', () => {
    assert.deepEqual(database.rows('SELECT NULL AS missing, 1 AS present'), [{ present: 1 }]);
  });
});

describe('the schema', () => {
  const { database } = Projection.empty(engine);
  after(() => database.close());

  it('says what it is and in which version', () => {
    assert.equal(database.number('PRAGMA application_id'), APPLICATION_ID);
    assert.equal(database.number('PRAGMA user_version'), SCHEMA_VERSION);
  });

  it('takes no job whose columns contradict its state', () => {
    database.run(
      `INSERT INTO batches VALUES (1, 'b', 'p', 't', 0, 3, 60, '[]', 1, 9, NULL, 5, NULL, 9, 0, 0, 0, 0, NULL, NULL)`,
      [],
    );
    const insert = (columns: string, values: string): void =>
      database.run(
        `INSERT INTO jobs (id, batch, pool, route, priority, parameters, ${columns}) VALUES (1, 1, 'p', '', 0, '{}', ${values})`,
        [],
      );
    const wrong: [string, string][] = [
      ['state', `'waiting'`],
      ['state, worker', `'pending', 'p-1'`],
      ['state, finished_at', `'pending', 5`],
      ['state', `'running'`],
      ['state, worker, launch, frame, claimed_at, finished_at', `'running', 'p-1', 1, 1, 5, 6`],
      ['state, worker, started_at', `'done', 'p-1', 5`],
      ['state, worker, started_at, finished_at, frame', `'done', 'p-1', 5, 6, 1`],
      ['state, worker, started_at, finished_at, error', `'done', 'p-1', 5, 6, '{}'`],
      ['state, worker, started_at, finished_at, result', `'failed', 'p-1', 5, 6, '1'`],
      ['state', `'cancelled'`],
      ['failures', '1'],
    ];
    for (const [columns, values] of wrong) {
      assert.throws(() => insert(columns, values), /CHECK constraint failed/, `${columns}: ${values}`);
    }
    insert('state, worker, started_at, finished_at, result', `'done', 'p-1', 5, 6, '1'`);
  });

  it('takes no batch whose counts do not add up', () => {
    assert.throws(() => database.run('UPDATE batches SET done = 1', []), /CHECK/);
    assert.throws(() => database.run('UPDATE batches SET finished_at = 1', []), /CHECK/);
    assert.throws(() => database.run('UPDATE batches SET pending = 0, done = 9', []), /CHECK/);
    database.run('UPDATE batches SET pending = 0, done = 9, finished_at = 1', []);
  });
});
