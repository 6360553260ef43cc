/** Every command and what it does, once. A command without an entry does not compile. */
import { CommandId } from '../contributions.ts';
import { addWorker } from './add-worker.ts';
import * as changeJobs from './change-jobs.ts';
import * as ramp from './change-ramp.ts';
import * as change from './change-workers.ts';
import type { CommandContext } from './command-context.ts';
import { createCrewFile } from './create-crew-file.ts';
import { enqueueBatch } from './enqueue-batch.ts';
import { enqueueJobs } from './enqueue-jobs.ts';
import { explainJob, explainWorker } from './explain.ts';
import { exportResults } from './export-results.ts';
import { healthCheck } from './health-check.ts';
import { openCrewFile } from './open-crew-file.ts';
import { showJob } from './show-job.ts';
import { showWorkerHistory } from './show-worker-history.ts';
import { showWorkerLog } from './show-worker-log.ts';
import { startCrew } from './start-crew.ts';
import { startSupervisor } from './start-supervisor.ts';
import { stopSupervisor } from './stop-supervisor.ts';
import { takeOver } from './take-over.ts';

/** Arguments are what VS Code, a keybinding or another extension passes; each command says what it understands. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type CommandHandler = (context: CommandContext, ...callArguments: any[]) => unknown;

export const COMMANDS: Record<CommandId, CommandHandler> = {
  [CommandId.startCrew]: startCrew,
  [CommandId.addWorker]: addWorker,
  [CommandId.drainWorker]: change.drainWorkers,
  [CommandId.abortWorker]: change.abortWorkers,
  [CommandId.restartWorker]: change.restartWorkers,
  [CommandId.pauseWorker]: change.pauseWorkers,
  [CommandId.resumeWorker]: change.resumeWorkers,
  [CommandId.freezeWorker]: change.freezeWorkers,
  [CommandId.continueWorker]: change.continueWorkers,
  [CommandId.stopWorker]: change.stopWorkers,
  [CommandId.removeWorker]: change.removeWorkers,
  // The same on a pool; commands of their own, so that a pool's buttons can say so.
  [CommandId.drainPool]: change.drainWorkers,
  [CommandId.abortPool]: change.abortWorkers,
  [CommandId.restartPool]: change.restartWorkers,
  [CommandId.pausePool]: change.pauseWorkers,
  [CommandId.resumePool]: change.resumeWorkers,
  [CommandId.freezePool]: change.freezeWorkers,
  [CommandId.continuePool]: change.continueWorkers,
  [CommandId.stopPool]: change.stopWorkers,
  [CommandId.removePool]: change.removeWorkers,
  [CommandId.startRamp]: ramp.startRamp,
  [CommandId.pauseRamp]: ramp.pauseRamp,
  [CommandId.resumeRamp]: ramp.resumeRamp,
  [CommandId.abandonRamp]: ramp.abandonRamp,
  [CommandId.healthCheck]: healthCheck,
  [CommandId.showWorkerLog]: showWorkerLog,
  [CommandId.showWorkerHistory]: showWorkerHistory,
  [CommandId.enqueueJobs]: enqueueJobs,
  [CommandId.enqueueBatch]: enqueueBatch,
  [CommandId.showJob]: showJob,
  [CommandId.explainJob]: explainJob,
  [CommandId.explainWorker]: explainWorker,
  [CommandId.cancelJob]: changeJobs.cancelJob,
  [CommandId.cancelJobs]: changeJobs.cancelJobs,
  [CommandId.requeueJob]: changeJobs.requeueJob,
  [CommandId.requeueFailedJobs]: changeJobs.requeueFailedJobs,
  [CommandId.setPriority]: changeJobs.setPriority,
  [CommandId.exportResults]: exportResults,
  [CommandId.openDashboard]: (context) => context.openDashboard(),
  [CommandId.openCrewFile]: openCrewFile,
  [CommandId.createCrewFile]: createCrewFile,
  [CommandId.startSupervisor]: startSupervisor,
  [CommandId.stopSupervisor]: stopSupervisor,
  [CommandId.takeOver]: takeOver,
  [CommandId.showLog]: (context) => context.log.show(),
};
