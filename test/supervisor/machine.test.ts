/** What the machine has, read from trees of files as the kernel shows them, and from an nvidia-smi of our own. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { controlGroupMemory } from '../../src/supervisor/control-group.ts';
import { readDevices } from '../../src/supervisor/gpu-devices.ts';
import { machineMemory } from '../../src/supervisor/machine.ts';
import { linuxCores } from '../../src/supervisor/physical-cores.ts';

const GIB = 2 ** 30;
let root: string;

beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'nightcrew-machine-'))));
afterEach(() => rmSync(root, { recursive: true }));

function put(files: Record<string, string | number>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), `${content}\n`);
  }
}

describe('the memory that control groups allow', () => {
  const VERSION_2 = '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate';

  it('has no limit without groups, and without limits', () => {
    assert.deepEqual(controlGroupMemory(root), { limit: Infinity, available: Infinity });
    put({
      'proc/self/cgroup': '0::/user.slice/session-1.scope',
      'proc/self/mountinfo': VERSION_2,
      'sys/fs/cgroup/user.slice/memory.max': 'max',
      'sys/fs/cgroup/user.slice/memory.high': 'max',
      'sys/fs/cgroup/user.slice/session-1.scope/memory.max': 'max',
    });
    assert.deepEqual(controlGroupMemory(root), { limit: Infinity, available: Infinity });
  });

  it('is the tightest on the way up; the cache of files is given back', () => {
    const job = 'sys/fs/cgroup/slurm/job_7/step_0';
    put({
      'proc/self/cgroup': '0::/slurm/job_7/step_0',
      'proc/self/mountinfo': VERSION_2,
      [`${job}/memory.max`]: 'max',
      [`${job}/memory.current`]: GIB,
      'sys/fs/cgroup/slurm/job_7/memory.max': 8 * GIB,
      'sys/fs/cgroup/slurm/job_7/memory.high': 6 * GIB,
      'sys/fs/cgroup/slurm/job_7/memory.current': 3 * GIB,
      'sys/fs/cgroup/slurm/job_7/memory.stat': `anon ${GIB}\ninactive_file ${GIB}`,
      'sys/fs/cgroup/slurm/memory.max': 64 * GIB,
      'sys/fs/cgroup/slurm/memory.current': 63 * GIB,
    });
    assert.deepEqual(controlGroupMemory(root), { limit: 6 * GIB, available: GIB });
  });

  it('is that of a container, whose own group is all it sees', () => {
    put({
      'proc/self/cgroup': '0::/',
      'proc/self/mountinfo': VERSION_2,
      'sys/fs/cgroup/memory.max': 2 * GIB,
      'sys/fs/cgroup/memory.current': GIB,
    });
    assert.deepEqual(controlGroupMemory(root), { limit: 2 * GIB, available: GIB });
  });

  it('is found in version 1, also where the path is that of the host', () => {
    put({
      'proc/self/cgroup': '9:name=systemd:/x\n4:cpu,memory:/docker/abc\n0::/x',
      'proc/self/mountinfo':
        '30 24 0:26 /docker/abc /sys/fs/cgroup/my\\040memory rw - cgroup cgroup rw,memory\n' +
        '31 24 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
      'sys/fs/cgroup/my memory/memory.limit_in_bytes': 4 * GIB,
      'sys/fs/cgroup/my memory/memory.usage_in_bytes': 3 * GIB,
      'sys/fs/cgroup/my memory/memory.stat': `total_inactive_file ${GIB}`,
    });
    assert.deepEqual(controlGroupMemory(root), { limit: 4 * GIB, available: 2 * GIB });
    put({ 'sys/fs/cgroup/my memory/memory.limit_in_bytes': '9223372036854771712' });
    assert.deepEqual(controlGroupMemory(root), { limit: Infinity, available: Infinity });
  });

  it('is never more than the system has', { skip: process.platform !== 'linux' && 'Linux only' }, () => {
    put({ 'proc/meminfo': 'MemTotal: 8000 kB\nMemAvailable:    2048 kB' });
    assert.equal(machineMemory(root).available, 2048 * 1024);
  });
});

describe('physical cores', () => {
  const topology = (cpus: [number, number, number][]): void => {
    for (const [cpu, socket, core] of cpus) {
      const folder = `sys/devices/system/cpu/cpu${cpu}/topology`;
      put({ [`${folder}/physical_package_id`]: socket, [`${folder}/core_id`]: core });
    }
  };

  it('are counted once for two hyperthreads, and for each socket', () => {
    topology([0, 1, 2, 3, 4, 5, 6, 7].map((cpu) => [cpu, Math.floor(cpu / 2) % 2, Math.floor(cpu / 4)]));
    put({ 'proc/self/status': 'Cpus_allowed:\tff\nCpus_allowed_list:\t0-7' });
    assert.equal(linuxCores(root), 4);
  });

  it('are those that the process may run on', () => {
    topology([0, 1, 2, 3].map((cpu) => [cpu, 0, cpu % 2]));
    put({ 'proc/self/status': 'Cpus_allowed_list:\t0,2-3' });
    assert.equal(linuxCores(root), 2);
  });

  it('are unknown where the kernel does not tell', () => {
    put({ 'proc/self/status': 'Cpus_allowed_list:\t0-3' });
    assert.equal(linuxCores(root), undefined);
  });
});

describe('GPUs', { skip: process.platform === 'win32' && 'a shell script stands for nvidia-smi' }, () => {
  const devices = (script: string, shown?: string): Promise<string[]> => {
    put({ 'nvidia-smi': `#!/bin/sh\n${script}` });
    chmodSync(join(root, 'nvidia-smi'), 0o755);
    return readDevices({ PATH: root, ...(shown === undefined ? {} : { CUDA_VISIBLE_DEVICES: shown }) });
  };
  const THREE = 'echo "0, GPU-aaa-1"; echo "1, GPU-bbb-1"; echo "2, GPU-ccc-1"';

  for (const [name, script, shown, expected] of [
    ['are all that nvidia-smi names', THREE, undefined, ['0', '1', '2']],
    ['are those that this process is shown', THREE, '2,0', ['2', '0']],
    ['may be shown by their long names', THREE, 'GPU-bbb', ['1']],
    ['are none where none is shown', THREE, '', []],
    ['are none where the driver is broken', 'echo "NVIDIA-SMI has failed"; exit 9', undefined, []],
  ] as const) {
    it(name, async () => assert.deepEqual(await devices(script, shown), expected));
  }

  it('are none without nvidia-smi', async () => assert.deepEqual(await readDevices({ PATH: root }), []));
});
