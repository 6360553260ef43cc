/**
 * Brings the tables of an older version up to this one, in memory: the file is left as it was until the next snapshot
 * replaces it. Each step is frozen when its version has been released.
 */
import type { Database } from './database.ts';
import { SCHEMA_VERSION } from './schema.ts';

/** By the version they start from. */
const STEPS: Record<number, string> = {
  1: `
ALTER TABLE workers ADD COLUMN ending TEXT;
ALTER TABLE workers ADD COLUMN devices TEXT;
ALTER TABLE workers ADD COLUMN frozen_since INTEGER;
ALTER TABLE workers ADD COLUMN outcomes TEXT NOT NULL DEFAULT '';
ALTER TABLE workers ADD COLUMN settings TEXT;
CREATE TABLE worker_notes (
  sequence INTEGER PRIMARY KEY,
  worker TEXT NOT NULL,
  launch INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX worker_notes_by_worker ON worker_notes (worker);
ALTER TABLE batches ADD COLUMN request TEXT;
ALTER TABLE batches ADD COLUMN archived TEXT;
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql, 'batch INTEGER NOT NULL REFERENCES batches (id)', 'batch INTEGER NOT NULL')
  WHERE type = 'table' AND name = 'jobs';
PRAGMA writable_schema = RESET;
DROP VIEW pool_counts;
CREATE VIEW pool_counts AS
  SELECT pool, sum(pending) AS pending, sum(running) AS running, sum(done) AS done, sum(failed) AS failed,
         sum(cancelled) AS cancelled
  FROM batches WHERE archived IS NULL GROUP BY pool;
CREATE TABLE archives (
  file TEXT PRIMARY KEY,
  archived_at INTEGER NOT NULL,
  batches INTEGER NOT NULL,
  jobs INTEGER NOT NULL,
  done INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  first_job INTEGER NOT NULL,
  last_job INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE job_changes (
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'cancelled' OR kind = 'requeued' OR kind = 'reprioritised'),
  detail TEXT NOT NULL,
  first_job INTEGER NOT NULL,
  last_job INTEGER NOT NULL
);
CREATE TABLE remembered (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
ALTER TABLE jobs ADD COLUMN not_before INTEGER CHECK (not_before IS NULL OR state = 'pending');
CREATE INDEX delayed_jobs ON jobs (not_before) WHERE not_before IS NOT NULL;
ALTER TABLE attempts RENAME TO attempts_before;
CREATE TABLE attempts (
  job INTEGER NOT NULL REFERENCES jobs (id),
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  worker TEXT NOT NULL,
  launch INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (CASE outcome
    WHEN 'done' THEN 1 WHEN 'failed' THEN 1 WHEN 'crashed' THEN 1 WHEN 'timed-out' THEN 1
    WHEN 'aborted' THEN 1 WHEN 'cancelled' THEN 1 WHEN 'returned' THEN 1 WHEN 'lost' THEN 1 ELSE 0 END),
  error TEXT,
  log_tail TEXT,
  PRIMARY KEY (job, attempt)
) WITHOUT ROWID;
INSERT INTO attempts SELECT * FROM attempts_before;
DROP TABLE attempts_before;
CREATE TABLE interruptions (
  job INTEGER PRIMARY KEY REFERENCES jobs (id),
  attempt INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome = 'cancelled' OR outcome = 'timed-out'),
  since INTEGER NOT NULL
);
CREATE TABLE supervisors (
  sequence INTEGER PRIMARY KEY,
  server TEXT NOT NULL UNIQUE,
  version TEXT NOT NULL,
  pid INTEGER NOT NULL,
  process_start_time TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  ended TEXT,
  CHECK ((ended_at IS NULL) = (ended IS NULL))
);
CREATE TABLE refusals (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  worker TEXT NOT NULL,
  pool TEXT NOT NULL,
  reasons TEXT NOT NULL,
  overridden INTEGER NOT NULL CHECK (overridden = 0 OR overridden = 1)
);

CREATE TABLE memory_peaks (
  pool TEXT NOT NULL,
  task TEXT NOT NULL,
  worker TEXT NOT NULL,
  launch INTEGER NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  sequence INTEGER NOT NULL,
  PRIMARY KEY (pool, task, worker, launch)
) WITHOUT ROWID;
CREATE TABLE ramps (
  pool TEXT PRIMARY KEY,
  plan TEXT NOT NULL,
  state TEXT NOT NULL CHECK (CASE state
    WHEN 'soaking' THEN 1 WHEN 'paused' THEN 1 WHEN 'rolled-back' THEN 1 WHEN 'completed' THEN 1 WHEN 'abandoned' THEN 1
    ELSE 0 END),
  since INTEGER NOT NULL,
  step INTEGER NOT NULL CHECK (step >= 0),
  step_since INTEGER NOT NULL,
  soaked_seconds REAL NOT NULL CHECK (soaked_seconds >= 0),
  reason TEXT NOT NULL,
  incident TEXT
) WITHOUT ROWID;
CREATE TABLE ramp_changes (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  pool TEXT NOT NULL,
  state TEXT NOT NULL,
  step INTEGER NOT NULL,
  workers INTEGER NOT NULL,
  reason TEXT NOT NULL
);`,
};

export function upgradeSchema(database: Database, from: number): void {
  if (from === SCHEMA_VERSION) return;
  database.script('BEGIN');
  for (let version = from; version < SCHEMA_VERSION; version++) {
    const step = STEPS[version];
    if (step === undefined)
      throw new Error(`there is no way from its version ${version} to ${SCHEMA_VERSION}`);
    database.script(step);
  }
  database.script(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
}
