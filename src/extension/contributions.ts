/**
 * Every id that package.json and the code must agree on, once. `test/extension/contributions.test.ts` compares this
 * table with package.json in both directions, so a command that is declared but not handled cannot be shipped.
 */

export const CommandId = {
  startCrew: 'nightcrew.startCrew',
  addWorker: 'nightcrew.addWorker',
  drainWorker: 'nightcrew.drainWorker',
  abortWorker: 'nightcrew.abortWorker',
  restartWorker: 'nightcrew.restartWorker',
  pauseWorker: 'nightcrew.pauseWorker',
  resumeWorker: 'nightcrew.resumeWorker',
  freezeWorker: 'nightcrew.freezeWorker',
  continueWorker: 'nightcrew.continueWorker',
  stopWorker: 'nightcrew.stopWorker',
  removeWorker: 'nightcrew.removeWorker',
  drainPool: 'nightcrew.drainPool',
  abortPool: 'nightcrew.abortPool',
  restartPool: 'nightcrew.restartPool',
  pausePool: 'nightcrew.pausePool',
  resumePool: 'nightcrew.resumePool',
  freezePool: 'nightcrew.freezePool',
  continuePool: 'nightcrew.continuePool',
  stopPool: 'nightcrew.stopPool',
  removePool: 'nightcrew.removePool',
  startRamp: 'nightcrew.startRamp',
  pauseRamp: 'nightcrew.pauseRamp',
  resumeRamp: 'nightcrew.resumeRamp',
  abandonRamp: 'nightcrew.abandonRamp',
  healthCheck: 'nightcrew.healthCheck',
  showWorkerLog: 'nightcrew.showWorkerLog',
  showWorkerHistory: 'nightcrew.showWorkerHistory',
  enqueueJobs: 'nightcrew.enqueueJobs',
  enqueueBatch: 'nightcrew.enqueueBatch',
  showJob: 'nightcrew.showJob',
  explainJob: 'nightcrew.explainJob',
  explainWorker: 'nightcrew.explainWorker',
  cancelJob: 'nightcrew.cancelJob',
  cancelJobs: 'nightcrew.cancelJobs',
  requeueJob: 'nightcrew.requeueJob',
  requeueFailedJobs: 'nightcrew.requeueFailedJobs',
  setPriority: 'nightcrew.setPriority',
  exportResults: 'nightcrew.exportResults',
  openDashboard: 'nightcrew.openDashboard',
  openCrewFile: 'nightcrew.openCrewFile',
  createCrewFile: 'nightcrew.createCrewFile',
  startSupervisor: 'nightcrew.startSupervisor',
  stopSupervisor: 'nightcrew.stopSupervisor',
  takeOver: 'nightcrew.takeOver',
  showLog: 'nightcrew.showLog',
} as const;
export type CommandId = (typeof CommandId)[keyof typeof CommandId];

export const ViewId = {
  workers: 'nightcrew.workers',
  queue: 'nightcrew.queue',
} as const;
export type ViewId = (typeof ViewId)[keyof typeof ViewId];

/** The activity-bar container that holds both views. */
export const VIEW_CONTAINER = 'nightcrew';

/** The dashboard's webview type; its serializer is found by it after a reload. */
export const DASHBOARD_VIEW_TYPE = 'nightcrew.dashboard';

export const ContextKey = {
  /** One of `Situation`: why a view is empty, or that it is not. */
  situation: 'nightcrew.situation',
  /** Whether the workspace has a crew file. */
  hasCrewFile: 'nightcrew.hasCrewFile',
} as const;
export type ContextKey = (typeof ContextKey)[keyof typeof ContextKey];

export const SettingKey = {
  nodePath: 'nightcrew.nodePath',
  notifications: 'nightcrew.notifications',
  httpEnabled: 'nightcrew.http.enabled',
  httpPort: 'nightcrew.http.port',
  maxWorkers: 'nightcrew.maxWorkers',
  taskTimeout: 'nightcrew.taskTimeout',
  startupTimeout: 'nightcrew.startupTimeout',
  heartbeatInterval: 'nightcrew.heartbeatInterval',
  logFolder: 'nightcrew.logFolder',
  defaultPool: 'nightcrew.defaultPool',
  cleanupAge: 'nightcrew.cleanupAge',
} as const;
export type SettingKey = (typeof SettingKey)[keyof typeof SettingKey];

/** Which notices of the supervisor interrupt a person; all of them are in the log anyway. */
export type NotificationLevel = 'all' | 'problems' | 'none';
