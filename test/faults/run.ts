/**
 * The long test: seeded chaos over a crew of mixed workers, and after each round an independent judgement.
 *
 *     node test/faults/run.ts [--seed 1] [--kills 100] [--rounds 2]
 */
import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { ChaosFolder } from './chaos-folder.ts';
import { ChaosRun } from './chaos-run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '2' },
    keep: { type: 'boolean', default: false },
  },
});
const [seed, kills, rounds] = [Number(values.seed), Number(values.kills), Number(values.rounds)];

if (!process.env['CHAOS_MOUNTS']) process.exit(runWithMounts());
process.exit(await main());

/** A small disk can be mounted where nobody else sees it; without that, everything but full disks is tested. */
function runWithMounts(): number {
  const flags = userInfo().uid === 0 ? ['--mount'] : ['--map-root-user', '--mount'];
  const possible = spawnSync('unshare', [...flags, 'true'], { stdio: 'ignore' }).status === 0;
  if (!possible) console.log('No disk can be mounted here (unshare): full disks are not part of this run.');
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const [program = '', ...words] = possible ? ['unshare', ...flags, ...command] : command;
  const env = { ...process.env, CHAOS_MOUNTS: possible ? 'yes' : 'no' };
  return spawnSync(program, words, { stdio: 'inherit', env }).status ?? 1;
}

async function main(): Promise<number> {
  const folder = new ChaosFolder(seed);
  if (!folder.hasOwnDisk)
    console.log('The workspace has no disk of its own: full disks are not part of this run.');
  const run = new ChaosRun(folder, seed);
  let problem: unknown;
  try {
    for (let round = 1; round <= rounds && problem === undefined; round++) {
      problem = await run.round(round, Math.ceil(kills / rounds));
    }
  } catch (error) {
    problem = error;
  }
  await run.end();
  console.log(run.summary());
  if (problem === undefined && !values.keep) {
    folder.remove();
    return 0;
  }
  folder.keep();
  console.error(`\n${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}`);
  console.error(`\nEverything is kept in ${folder.path}; the same choices again:`);
  console.error(`  npm run test:faults -- --seed ${seed} --kills ${kills} --rounds ${rounds}`);
  return problem === undefined ? 0 : 1;
}
