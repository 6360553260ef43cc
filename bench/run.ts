/** `npm run bench [-- name]`: every figure beside its peer or limit from the same run; machines are noisy, ratios less so. */
import { reportBulk } from './bulk.ts';
import { reportDetection } from './detection.ts';
import { reportLatency } from './claim-latency.ts';
import { reportCommitCost } from './commit-cost.ts';
import { reportLargeStart } from './large-start.ts';
import { reportMonitor } from './monitor.ts';
import { reportReadopt } from './readopt.ts';
import { reportRest } from './rest.ts';
import { reportSnapshotStop } from './snapshot-stop.ts';
import { reportStart } from './start-workers.ts';
import { reportStorePath } from './store-path.ts';
import { reportStoreScale } from './store-scale.ts';
import { reportThroughput } from './throughput.ts';

const benches: Record<string, () => Promise<void>> = {
  throughput: reportThroughput,
  start: reportStart,
  bulk: reportBulk,
  latency: reportLatency,
  detection: reportDetection,
  monitor: reportMonitor,
  'large-start': reportLargeStart,
  readopt: reportReadopt,
  commit: reportCommitCost,
  'snapshot-stop': reportSnapshotStop,
  rest: reportRest,
  'store-path': reportStorePath,
  'store-scale': reportStoreScale,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`No bench is called ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
for (const [name, report] of Object.entries(benches)) {
  if (wanted.length === 0 || wanted.includes(name)) await report();
}
