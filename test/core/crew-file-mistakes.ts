/** Crew files with mistakes, and what the reader says of each: `line:column message next step`. */

type Mistake = [name: string, text: string, ...problems: string[]];

/** A JSON Schema sees these too. */
export const MISTAKES: Mistake[] = [
  [
    'a misspelt setting is one problem',
    'pools:\n  a:\n    comand: x',
    '3:5 Pool "a" has no setting "comand". Did you mean "command"?',
  ],
  [
    'a misspelt section',
    'pools: { a: { command: x } }\nbatchs: {}',
    '2:1 The crew file has no setting "batchs". Did you mean "batches"?',
  ],
  [
    'an alert of what does not exist',
    'alerts:\n  events: [job-failed, job-faild]',
    '2:24 alerts: events has the text "job-faild", which is nothing to be told of. Did you mean "job-failed"?',
  ],
  [
    'a webhook that is no URL, and is not repeated',
    'alerts:\n  webhook: hooks.example/T0/secret',
    '2:12 alerts: webhook must be a URL that begins with https://. Or name where it stands: webhook: { env: NAME } or { file: path }.',
  ],
  [
    'a webhook in two places',
    'alerts:\n  webhook: { env: A, file: b }',
    '2:3 alerts: webhook must have either "env" or "file". Write webhook: { env: NAME } for a variable, or webhook: { file: path } for a file.',
  ],
  [
    'alerts of nothing',
    'alerts:\n  events: []',
    '2:11 alerts: events is an empty list: nobody would be told of anything. Name some, like [job-failed, worker-failed], or leave "events" out to be told of all.',
  ],
  [
    'alerts that are no list',
    'alerts:\n  events: job-failed',
    '2:11 alerts: events must be a list of job-failed, worker-failed, stalled, trouble, ramp, batch-finished, not the text "job-failed". Name some, like [job-failed, worker-failed], or leave "events" out to be told of all.',
  ],
  [
    'alerts that were only begun',
    'alerts:\npools: {}',
    '1:1 alerts names nobody who is to be told. Add for example "webhook: { file: ~/.config/nightcrew/webhook }" below it, "notification: true" for VS Code alone, or remove it.',
  ],
  [
    'a variable that cannot be one, and is not repeated',
    'alerts:\n  webhook: { env: A B }',
    '2:19 alerts: webhook: env is not the name of an environment variable. Write a name of letters, digits and "_", like NIGHT_WEBHOOK, and put the URL into that variable.',
  ],
  [
    'checks that are none',
    'pools: { p: { command: c } }\nbatches:\n  a: { pool: p, csv: a, check: equal }\n  b: { pool: p, csv: a, check: {} }',
    '3:32 Batch "a": check must be "same" or { matches: a regular expression }, not the text "equal". Write "check: same" for results that must be alike each time, or for example "check: { matches: ^ok }".',
    '4:25 Batch "b": check says nothing to check. Add "matches:", a regular expression.',
  ],
  [
    'a notification that is neither',
    'alerts:\n  notification: maybe',
    '2:17 alerts: notification must be true or false, not the text "maybe". Write "notification: true" or "notification: false".',
  ],
  [
    'an age that is none',
    'retention:\n  age: old',
    '2:8 retention: age must be a duration like 30s, 5m, 48h or 2d, or a number of seconds, at most 3650d, not the text "old". Write for example "age: 90d".',
  ],
  [
    'jobs that are no number',
    'retention: { jobs: many }',
    '1:20 retention: jobs must be a whole number from 0 to 100,000,000, not the text "many". Write for example "jobs: 50000".',
  ],
  [
    'thresholds that mean nothing',
    'pools:\n  a:\n    command: x\n    health: { errors: 10, memory: much, heartbaet: 30s, alert: 120% }',
    '4:23 Pool "a": health: errors must be a share like 10%, not 10. Write "errors: 10%".',
    '4:35 Pool "a": health: memory must be an amount with its unit, like 8GB or 512MB, not the text "much". Write for example "memory: 8GB".',
    '4:41 Pool "a": health has no setting "heartbaet". Did you mean "heartbeat"?',
    '4:64 Pool "a": health: alert must be a share like 10%, not the text "120%". Write for example "alert: 10%".',
  ],
  [
    'files and restarts that are none',
    'pools:\n  a:\n    command: x\n    outputs: { x: y }\n    autoRestart: always\n  b:\n    command: x\n    outputs: [a.csv, 3]\n    autoRestart: [failed, dead]',
    '4:14 Pool "a": outputs must be the name of a file like results/{seed}.csv, or a list of names, not a mapping. Write for example "outputs: [results/{seed}.csv]".',
    '5:18 Pool "a": autoRestart must be true, false, or a list of failed, stalled and stuck, not the text "always". Write for example "autoRestart: [failed, stalled]".',
    '8:22 Pool "b": outputs must be the name of a file like results/{seed}.csv, or a list of names, not 3. Write for example "outputs: [results/{seed}.csv]".',
    '9:27 Pool "b": autoRestart must be true, false, or a list of failed, stalled and stuck, not the text "dead". Write for example "autoRestart: [failed, stalled]".',
  ],
  [
    'no command',
    'pools:\n  a:\n    workers: 2',
    '2:3 Pool "a" has no command. Add "command: python worker.py", or "run: …" for a program that is started once for each job.',
  ],
  [
    'an empty command',
    'pools:\n  a:\n    command: ""',
    '3:14 Pool "a": command must be text, not an empty text. Write a text behind "command:", in quotes if in doubt.',
  ],
  [
    'an empty list as command',
    'pools:\n  a:\n    command: []',
    '3:14 Pool "a": command must be a list of texts, not an empty list. Write for example "command: python work.py".',
  ],
  [
    'both kinds of command',
    'pools:\n  a:\n    command: x\n    run: y',
    '4:5 Pool "a" has both "command" and "run". Keep "command" for a program that speaks the worker protocol, "run" for any other.',
  ],
  [
    'wrong types',
    'pools:\n  a:\n    command: { x: 1 }\n    workers: four\n    attempts: 2.5\n    env: [A]',
    '3:14 Pool "a": command must be text, not a mapping. Put it in quotes.',
    '4:14 Pool "a": workers must be a whole number from 0 to 1,000, not the text "four". Write for example "workers: 2".',
    '5:15 Pool "a": attempts must be a whole number from 1 to 1,000, not 2.5. Write for example "attempts: 2".',
    '6:10 Pool "a": env must be a mapping (name: value), not a list. Write each entry as "name: value", without "-" or brackets around them.',
  ],
  [
    'durations and sizes that are none',
    'pools:\n  a:\n    command: x\n    memory: 8\n    timeout: soon\n    heartbeat: 0\n    startup: -5s',
    '4:13 Pool "a": memory must be an amount with its unit, like 8GB or 512MB, not 8. Write "memory: 8GB".',
    '5:14 Pool "a": timeout must be a duration like 30s, 5m, 48h or 2d, or a number of seconds, at most 3650d, not the text "soon". Write for example "timeout: 10m".',
    '6:16 Pool "a": heartbeat must be a duration from 100ms to 1d, or a number of seconds, not 0. Write for example "heartbeat: 30s".',
    '7:14 Pool "a": startup must be a duration like 30s, 5m, 48h or 2d, or a number of seconds, at most 3650d, not the text "-5s". Write for example "startup: 10m".',
  ],
  [
    'slots that are none',
    'pools:\n  a:\n    command: x\n    cpus: all\n    gpus: 1.5\n  b:\n    command: x\n    cpus: 0\n    gpus: -1',
    '4:11 Pool "a": cpus must be a number of cores like 4 or 0.5, not the text "all". Write for example "cpus: 2".',
    '5:11 Pool "a": gpus must be a whole number from 0 to 64, not 1.5. Write for example "gpus: 2".',
    '8:11 Pool "b": cpus must be a number of cores like 4 or 0.5, not 0. Write for example "cpus: 2".',
    '9:11 Pool "b": gpus must be a whole number from 0 to 64, not -1. Write for example "gpus: 2".',
  ],
  [
    'too many workers',
    'pools:\n  a:\n    command: x\n    workers: 4000',
    '4:14 Pool "a": workers must be a whole number from 0 to 1,000, not 4000. Write for example "workers: 2".',
  ],
  [
    'pools as a list',
    'pools: [a]',
    '1:8 "pools" must be a mapping (name: value), not a list. Write each entry as "name: value", without "-" or brackets around them.',
  ],
  [
    'a text',
    'just text',
    '1:1 The crew file must be a mapping (name: value), not the text "just text". Write "name: value", with a space behind the colon; below a heading, on lines of their own, indented with spaces.',
  ],
  [
    'a name that cannot be a file',
    'pools: { "a/b": { command: x } }',
    '1:10 "a/b" cannot be the name of a pool. A name is up to 64 letters, digits, "-", "_" and ".", beginning with a letter or digit.',
  ],
  [
    'a batch without pool and jobs',
    'pools: { p: { command: c } }\nbatches:\n  b: {}',
    '3:3 Batch "b" names no pool. Add "pool: p".',
    '3:3 Batch "b" has no jobs. Add one of: matrix: { seed: 1..200 }, csv: file.csv, jsonl: file.jsonl, jobs: [{ seed: 1 }].',
  ],
  [
    'two sources',
    'pools: { p: { command: c } }\nbatches:\n  b: { pool: p, csv: a.csv, jobs: [{}] }',
    '3:29 Batch "b" has both "csv" and "jobs". Keep one, or make two batches.',
  ],
  [
    'axes that are none',
    'pools: { p: { command: c } }\nbatches:\n  b:\n    pool: p\n    matrix:\n      a: 3\n      b: 1-200\n      c: {}\n      d: 0..1..0.1',
    '6:10 The axis "a" must be a list or a range like 1..200, not 3. Write a list: a: [3].',
    '7:10 The axis "b": "1-200" is no range: a range is whole numbers like 1..200 or 0..100..5, anything else is a list. Write "b: 1..200", or a list: b: [1-200].',
    '8:10 The axis "c" must be a list or a range like 1..200, not a mapping. Write for example "c: [0.1, 0.2]".',
    '9:10 The axis "d": "0..1..0.1" is no range: a range is whole numbers like 1..200 or 0..100..5, anything else is a list. Write whole numbers in digits, or all values as a list: d: [1, 2, 5].',
  ],
  [
    'an axis without values',
    'pools: { p: { command: c } }\nbatches:\n  b: { pool: p, matrix: { a: [1], b: [] } }',
    '3:25 The axis "b" has no values. Give it one, or remove the axis.',
  ],
  [
    'a matrix without axes',
    'pools: { p: { command: c } }\nbatches:\n  b: { pool: p, matrix: {} }',
    '3:25 The matrix has no axis. Write e.g. { seed: 1..200 }.',
  ],
  [
    'jobs that are none',
    'pools: { p: { command: c } }\nbatches:\n  a: { pool: p, jobs: [] }\n  b: { pool: p, jobs: [1] }',
    '3:23 Batch "a": jobs must be a list of parameters, like [{ seed: 1 }, { seed: 2 }], not an empty list. Write one { name: value } for each job, or "matrix:" for all combinations.',
    '4:24 Batch "b": jobs, job 1 must be a mapping (name: value), not 1. Write "name: value", with a space behind the colon; below a heading, on lines of their own, indented with spaces.',
  ],
  [
    'a task and a match of the wrong type',
    'pools: { p: { command: c } }\nbatches:\n  b: { pool: p, task: 3, match: site, csv: a.csv }',
    '3:23 Batch "b": task must be text, not 3. Put it in quotes.',
    '3:33 Batch "b": match must be a list of parameter names, not the text "site". Write a list: match: [site].',
  ],
];

/** What only the reader finds: a schema cannot compare one place of the file with another, or count. */
export const MISTAKES_BEYOND_SCHEMA: Mistake[] = [
  [
    'an unknown pool',
    'pools: { simulate: { command: c } }\nbatches:\n  b: { pool: simluate, matrix: { seed: 1..3 } }',
    '3:14 Batch "b" is for the pool "simluate", which is not in this file. Did you mean "simulate"?',
  ],
  [
    'an unknown pool in a file without pools',
    'batches:\n  b: { pool: simulate, matrix: { seed: 1..3 } }',
    '2:14 Batch "b" is for the pool "simulate", which is not in this file. Describe the pool under "pools:".',
  ],
  [
    'alerts that tell nobody',
    'alerts: { notification: false }',
    '1:1 alerts names nobody who is to be told. Add for example "webhook: { file: ~/.config/nightcrew/webhook }" below it, "notification: true" for VS Code alone, or remove it.',
  ],
  [
    'a check that is no expression',
    'pools: { p: { command: c } }\nbatches:\n  b: { pool: p, csv: a, check: { matches: "ok(" } }',
    '3:43 Batch "b": check: matches is no regular expression: ok( Put "\\" before each of ( ) [ ] { } . * + ? | ^ $ that is meant as it stands.',
  ],
  [
    'a matrix of ten million',
    'pools: { p: { command: c } }\nbatches:\n  b:\n    pool: p\n    matrix: { alpha: 1..100, seed: 1..100000 }',
    '5:13 The matrix alpha (100) × seed (100,000) makes 10,000,000 jobs; a batch holds at most 1,000,000. Shorten an axis, split the batch, or let one job work through an axis itself.',
  ],
  [
    'a range too large',
    'pools: { p: { command: c } }\nbatches:\n  a: { pool: p, matrix: { seed: 1..99999999 } }\n  b: { pool: p, matrix: { seed: 1..99999999999999999999 } }\n  c: { pool: p, matrix: { seed: 5..1 } }',
    '3:25 The matrix seed (99,999,999) makes 99,999,999 jobs; a batch holds at most 1,000,000. Shorten an axis, split the batch, or let one job work through an axis itself.',
    '4:33 The axis "seed": The range 1..99999999999999999999 has numbers too large to count exactly. Write smaller ones, or a list of texts in quotes.',
    '5:33 The axis "seed": The range 5..1 is empty: 1 is below 5. Write "seed: 1..5".',
  ],
  [
    'a range inside a list, where it would be a text',
    'pools: { p: { command: c } }\nbatches:\n  b: { pool: p, matrix: { seed: [1..5, 9, "1..5"] } }',
    '3:34 The axis "seed" has the range 1..5 inside a list, where it would be a text. Write seed: 1..5 without a list, write the values out, or put the text in quotes.',
  ],
  [
    'too many workers by labels',
    'pools:\n  a:\n    command: x\n    workers: { x: 1..100, y: 1..11 }',
    '4:5 Pool "a": the labels make 1,100 workers; a pool has at most 1000. Shorten an axis of "workers".',
  ],
  [
    'a name twice',
    'pools:\n  a: { command: x }\n  a: { command: y }',
    '3:3 "pools" has "a" twice. Remove one, or rename it: the first is on line 2.',
  ],
  [
    'names that are one file where case is ignored',
    'pools:\n  Sim: { command: x }\n  sim: { command: y }',
    '3:3 The pool names "Sim" and "sim" differ only in case. Rename one.',
  ],
  [
    'a quote that is not closed',
    'pools:\n  a:\n    command: python x.py "a b',
    '3:14 Pool "a": command has a quote " that is not closed. Close it, or write a list.',
  ],
  [
    'a parameter that is an axis as well',
    'pools: { p: { command: c } }\nbatches:\n  b: { pool: p, matrix: { seed: 1..3 }, parameters: { seed: 1 } }',
    '3:41 Batch "b" has "seed" in its parameters and as an axis of its matrix. Keep one.',
  ],
  [
    'a match that can never be met',
    'pools: { p: { command: c, workers: { domain: [law] } } }\nbatches:\n  a: { pool: p, matrix: { domian: [law] }, match: [domian] }\n  b: { pool: p, matrix: { seed: 1..3 }, match: [domain] }',
    '3:51 Batch "a" matches by "domian", but no worker of pool "p" has that label. Did you mean "domain"?',
    '4:48 Batch "b" matches by "domain", but not every job has a parameter of that name. Add it to the parameters, or remove it from "match".',
  ],
  [
    'numbers that a worker would get rounded',
    'pools: { p: { command: c } }\nbatches:\n  b: { pool: p, jobs: [{ id: 12345678901234567890, x: .inf }] }',
    '3:30 12345678901234567890 has too many digits for a number. Write it as text: "12345678901234567890".',
    '3:55 .inf cannot be sent to a worker as a number. Write it as text.',
  ],
  [
    'an alias without anchor',
    'pools:\n  a: *none',
    '2:6 The alias *none names no anchor. Define &none above it.',
    '2:3 Pool "a" has no command. Add "command: python worker.py", or "run: …" for a program that is started once for each job.',
  ],
  [
    'a mapping that merges itself',
    'x-a: &a { <<: *a }\npools: { p: { <<: *a, command: c } }',
    '1:11 There are too many "<<", or one merges itself. Write the settings out.',
  ],
];
