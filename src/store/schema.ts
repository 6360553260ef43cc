/**
 * The tables of the projection, made to be read by other programs: plain names, times in milliseconds since 1970, lists and
 * objects as JSON text. Only features that SQLite has had since 2013, because a cluster's `sqlite3` may be that old.
 *
 * The CHECK constraints say what a state means, so that a wrong event cannot leave a wrong row. They avoid `IN (…)`, for which
 * SQLite builds a temporary index on each row (measured: 3 µs a row, a CASE costs next to nothing).
 */

/** Grows with every change of the tables that an older program would misread. */
export const SCHEMA_VERSION = 2;
/** "crew": lets `file` and others tell the database from any other SQLite file. */
export const APPLICATION_ID = 0x63726577;

export const SCHEMA = `
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_sequence INTEGER NOT NULL,
  next_job INTEGER NOT NULL,
  next_batch INTEGER NOT NULL,
  crew_wanted INTEGER NOT NULL CHECK (crew_wanted = 0 OR crew_wanted = 1)
);
INSERT INTO meta VALUES (1, 0, 1, 1, 0);

CREATE TABLE pools (
  name TEXT PRIMARY KEY,
  settings TEXT NOT NULL,
  declared_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE batches (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  pool TEXT NOT NULL,
  task TEXT NOT NULL,
  priority INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL CHECK (max_attempts >= 1),
  timeout_seconds REAL NOT NULL,
  match TEXT NOT NULL,
  first_job INTEGER NOT NULL UNIQUE,
  job_count INTEGER NOT NULL CHECK (job_count >= 1),
  definition TEXT,
  enqueued_at INTEGER NOT NULL,
  finished_at INTEGER,
  pending INTEGER NOT NULL CHECK (pending >= 0),
  running INTEGER NOT NULL CHECK (running >= 0),
  done INTEGER NOT NULL CHECK (done >= 0),
  failed INTEGER NOT NULL CHECK (failed >= 0),
  cancelled INTEGER NOT NULL CHECK (cancelled >= 0),
  request TEXT,
  archived TEXT,
  CHECK (pending + running + done + failed + cancelled = job_count),
  CHECK ((finished_at IS NOT NULL) = (pending + running = 0))
);
CREATE INDEX batches_by_name ON batches (name);

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL,
  pool TEXT NOT NULL,
  route TEXT NOT NULL,
  priority INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending',
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0 AND failures <= attempts),
  worker TEXT,
  launch INTEGER,
  frame INTEGER,
  claimed_at INTEGER,
  started_at INTEGER,
  finished_at INTEGER,
  parameters TEXT NOT NULL,
  result TEXT,
  error TEXT,
  checkpoint TEXT,
  not_before INTEGER CHECK (not_before IS NULL OR state = 'pending'),
  CHECK (CASE state
    WHEN 'pending' THEN worker IS NULL AND frame IS NULL AND started_at IS NULL AND finished_at IS NULL AND result IS NULL
    WHEN 'running' THEN worker IS NOT NULL AND launch IS NOT NULL AND frame IS NOT NULL AND claimed_at IS NOT NULL
                        AND finished_at IS NULL AND result IS NULL
    WHEN 'done' THEN worker IS NOT NULL AND frame IS NULL AND started_at IS NOT NULL AND finished_at IS NOT NULL
                     AND error IS NULL
    WHEN 'failed' THEN worker IS NOT NULL AND frame IS NULL AND finished_at IS NOT NULL AND result IS NULL
    WHEN 'cancelled' THEN frame IS NULL AND finished_at IS NOT NULL AND result IS NULL
    ELSE 0 END)
);
CREATE INDEX pending_lanes ON jobs (pool, route, priority DESC, id) WHERE state = 'pending';
CREATE INDEX jobs_by_state ON jobs (state);
CREATE INDEX delayed_jobs ON jobs (not_before) WHERE not_before IS NOT NULL;

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

CREATE TABLE workers (
  id TEXT PRIMARY KEY,
  pool TEXT NOT NULL,
  labels TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  state TEXT CHECK (CASE state
    WHEN 'STARTING' THEN 1 WHEN 'RUNNING' THEN 1 WHEN 'DRAINING' THEN 1 WHEN 'FAILED' THEN 1 WHEN 'DEAD' THEN 1
    ELSE state IS NULL END),
  reason TEXT NOT NULL,
  state_since INTEGER NOT NULL,
  paused INTEGER NOT NULL CHECK (paused = 0 OR paused = 1),
  launch INTEGER NOT NULL,
  command TEXT,
  launched_at INTEGER,
  pid INTEGER,
  process_start_time TEXT,
  boot_id TEXT,
  profile TEXT,
  jobs_done INTEGER NOT NULL,
  jobs_failed INTEGER NOT NULL,
  last_error TEXT,
  ending TEXT,
  devices TEXT,
  frozen_since INTEGER,
  outcomes TEXT NOT NULL DEFAULT '',
  settings TEXT,
  CHECK ((launch = 0) = (launched_at IS NULL)),
  CHECK ((pid IS NULL) = (process_start_time IS NULL) AND (pid IS NULL) = (boot_id IS NULL))
) WITHOUT ROWID;

CREATE TABLE worker_transitions (
  sequence INTEGER PRIMARY KEY,
  worker TEXT NOT NULL,
  launch INTEGER NOT NULL,
  at INTEGER NOT NULL,
  from_state TEXT,
  to_state TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX worker_transitions_by_worker ON worker_transitions (worker);

CREATE TABLE worker_notes (
  sequence INTEGER PRIMARY KEY,
  worker TEXT NOT NULL,
  launch INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX worker_notes_by_worker ON worker_notes (worker);

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

CREATE TABLE job_changes (
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'cancelled' OR kind = 'requeued' OR kind = 'reprioritised'),
  detail TEXT NOT NULL,
  first_job INTEGER NOT NULL,
  last_job INTEGER NOT NULL
);

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
);

CREATE TABLE remembered (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE VIEW pool_counts AS
  SELECT pool, sum(pending) AS pending, sum(running) AS running, sum(done) AS done, sum(failed) AS failed,
         sum(cancelled) AS cancelled
  FROM batches WHERE archived IS NULL GROUP BY pool;

PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
