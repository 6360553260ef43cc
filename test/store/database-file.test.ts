import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Database } from '../../src/store/database.ts';
import { DatabaseFile, PIECE_BYTES } from '../../src/store/database-file.ts';
import { engine, fileOf } from './dump.ts';

/** The content that a snapshot would have. */
function contentOf(file: DatabaseFile): Buffer {
  const frozen = file.freeze();
  const content = Buffer.concat([...frozen.pieces()].map((piece) => Buffer.from(piece)));
  frozen.release();
  return content;
}

describe('a database file in memory', () => {
  const access = fc.record({
    position: fc.nat({ max: 3 * PIECE_BYTES }),
    length: fc.integer({ min: 1, max: 100_000 }),
    byte: fc.integer({ min: 1, max: 255 }),
  });

  it('holds what was written, wherever it was written, as one array would', () => {
    fc.assert(
      fc.property(fc.array(access, { minLength: 1, maxLength: 20 }), (accesses) => {
        const file = new DatabaseFile();
        const expected = Buffer.alloc(4 * PIECE_BYTES);
        let size = 0;
        for (const { position, length, byte } of accesses) {
          const bytes = Buffer.alloc(length, byte);
          file.set(bytes, position);
          bytes.copy(expected, position);
          size = Math.max(size, position + length);
          const page = Math.floor(position / 4096) * 4096;
          const held = file.subarray(page, page + 4096);
          assert.equal(Buffer.compare(held, expected.subarray(page, page + 4096)), 0);
        }
        assert.equal(file.size, size);
        assert.equal(Buffer.compare(contentOf(file), expected.subarray(0, size)), 0);
        assert.equal(Buffer.compare(contentOf(DatabaseFile.from(contentOf(file))), contentOf(file)), 0);
      }),
      { numRuns: 20 },
    );
  });

  it('gives a snapshot as of the moment it was frozen, whatever is written while it is read', () => {
    const file = DatabaseFile.from(Buffer.alloc(3 * PIECE_BYTES + 5, 1));
    const frozen = file.freeze();
    const seen: Buffer[] = [];
    for (const piece of frozen.pieces()) {
      seen.push(Buffer.from(piece));
      for (let position = 0; position < 4; position++) {
        file.set(Buffer.alloc(8, 2), position * PIECE_BYTES);
      }
    }
    frozen.release();
    assert.equal(Buffer.compare(Buffer.concat(seen), Buffer.alloc(3 * PIECE_BYTES + 5, 1)), 0);
    assert.deepEqual(file.subarray(2 * PIECE_BYTES, 2 * PIECE_BYTES + 8), new Uint8Array(8).fill(2));
    assert.equal(file.size, 3 * PIECE_BYTES + 8);
    assert.equal(contentOf(file).length, file.size);
  });

  it('is frozen once at a time', () => {
    const file = DatabaseFile.from(Buffer.alloc(10));
    const frozen = file.freeze();
    assert.throws(() => file.freeze(), /frozen already/);
    frozen.release();
    file.freeze().release();
  });

  it('refuses to be moved, which sql.js does when a file is cut', () => {
    const file = DatabaseFile.from(Buffer.alloc(PIECE_BYTES));
    assert.throws(() => file.subarray(0, PIECE_BYTES), /was cut/);
  });
});

describe('sql.js on a database file of ours', () => {
  const fill = (database: Database, rows: number, letter: string): void => {
    database.run(
      `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)
       INSERT INTO a (text) SELECT printf('%s %d', ?, n) || hex(zeroblob(400)) FROM n`,
      [rows, letter],
    );
  };
  const texts = (database: Database): unknown =>
    database.row(
      `SELECT count(*) AS rows, sum(length(text)) AS length, max(substr(text, 1, 1)) AS last FROM a`,
    );

  it('grows it over many pieces, beyond its cache, and leaves a sound file', () => {
    const database = new Database(engine);
    database.script('PRAGMA cache_size = 10; CREATE TABLE a (id INTEGER PRIMARY KEY, text TEXT)');
    fill(database, 10_000, 'x');
    database.script('DELETE FROM a WHERE id % 3 = 0; CREATE INDEX b ON a (text)');
    const file = fileOf(database);
    assert.ok(file.size > 8 * PIECE_BYTES, `${file.size} bytes`);
    const copy = new Database(engine, file);
    assert.deepEqual(copy.rows('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    assert.deepEqual(texts(copy), texts(database));
    copy.close();
    database.close();
  });

  it('goes on changing it while a snapshot is read', () => {
    const database = new Database(engine);
    database.script('CREATE TABLE a (id INTEGER PRIMARY KEY, text TEXT)');
    fill(database, 5_000, 'x');
    const expected = texts(database);
    const frozen = database.freeze();
    const seen: Buffer[] = [];
    for (const piece of frozen.pieces()) {
      seen.push(Buffer.from(piece));
      database.script(`UPDATE a SET text = 'y' || text WHERE id % 7 = ${seen.length % 7}`);
      fill(database, 100, 'z');
    }
    frozen.release();
    const copy = new Database(engine, DatabaseFile.from(Buffer.concat(seen)));
    assert.deepEqual(copy.rows('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    assert.deepEqual(texts(copy), expected);
    assert.deepEqual(database.rows('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    copy.close();
    database.close();
  });

  it('says so when the file is cut, instead of going on with another one unseen', () => {
    const database = new Database(engine);
    database.script('CREATE TABLE a (id INTEGER PRIMARY KEY, text TEXT)');
    fill(database, 5_000, 'x');
    database.script('DELETE FROM a');
    assert.throws(() => database.script('VACUUM'), /was cut/);
  });
});
