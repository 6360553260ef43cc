'use strict';
// Indexes one source file of Python's standard library: its size, its fingerprint, and what it imports.
const { execFileSync } = require('child_process');
const { createHash } = require('crypto');
const { existsSync, readFileSync } = require('fs');
const { join } = require('path');
const { task, run } = require('nightcrew-worker');

// Once per worker, not once per job: asking Python takes longer than reading a hundred files. A child of a worker must
// not inherit stdin, over which the supervisor speaks.
const stdlib = execFileSync('python3', ['-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
}).trim();

/** The file of a module or package, relative to the library: what the result shows must not depend on the machine. */
function fileOf(module) {
  const path = module.split('.').join('/');
  const file = [`${path}.py`, `${path}/__init__.py`].find((file) => existsSync(join(stdlib, file)));
  if (file === undefined) throw new Error(`no source of ${module} in ${stdlib}`);
  return file;
}

/** Top-level names of the modules that the file imports, anywhere in it; relative imports are within the package. */
function importsOf(text) {
  const names = new Set();
  for (const [, from, list] of text.matchAll(
    /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w., \t]+))/gm,
  )) {
    for (const name of (from ?? list).split(',')) {
      const top = name.trim().split(/[. \t]/)[0];
      if (top !== '') names.add(top);
    }
  }
  return [...names].sort();
}

task('run', { description: 'Index one source file' }, (job, { module }) => {
  const file = fileOf(module);
  const content = readFileSync(join(stdlib, file));
  const text = content.toString('utf8');
  const lines = text.replace(/\n$/, '').split(/\r?\n/);
  const imports = importsOf(text);
  return {
    file,
    bytes: content.length,
    lines: lines.length,
    blank: lines.filter((line) => line.trim() === '').length,
    longest_line: lines.reduce((longest, line) => Math.max(longest, line.length), 0),
    classes: (text.match(/^[ \t]*class[ \t]+\w/gm) ?? []).length,
    functions: (text.match(/^[ \t]*(?:async[ \t]+)?def[ \t]+\w/gm) ?? []).length,
    imports: imports.length,
    imported: imports.join(' '),
    sha256: createHash('sha256').update(content).digest('hex'),
  };
});

run();
