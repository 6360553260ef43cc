/**
 * The brain of a workspace: wires core, store and keeper together and serves control. One a workspace; the lease,
 * held by the caller, makes sure of it.
 */
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Notice } from '../control/api.ts';
import type { ServerInfo, StartCause } from '../control/crew-state.ts';
import type { Clock } from '../core/clock.ts';
import { isLive } from '../core/worker-state.ts';
import type { SupervisorEnd } from '../core/events.ts';
import type { ProcessIdentity } from '../core/worker.ts';
import type { KeeperClient, KeeperEvents } from '../keeper/contract.ts';
import type { Store } from '../store/contract.ts';
import type { RestoredState } from '../store/restored-state.ts';
import type { StoreError } from '../store/store-error.ts';
import type { FileSystem } from '../store/file-system.ts';
import { restoreWorkers } from './adopt.ts';
import { Attempts } from './attempts.ts';
import { Audit } from './audit.ts';
import { AutoRestart } from './auto-restart.ts';
import { Care } from './care.ts';
import { Changes } from './changes.ts';
import { Cleanup } from './cleanup.ts';
import { ControlServer } from './control-server.ts';
import { CrewFilePools } from './crew-file-pools.ts';
import { CrewFileSource } from './crew-file-source.ts';
import { CrewSettings } from './crew-settings.ts';
import { CrewWanted } from './crew-wanted.ts';
import { DiskGate } from './disk-gate.ts';
import { diskRoom } from './disk-room.ts';
import { Dispatcher } from './dispatcher.ts';
import { Endings } from './endings.ts';
import { Feed } from './feed.ts';
import { FILES_PUT_BACK, type FolderWarning } from './folder-warnings.ts';
import { Freezer } from './freezer.ts';
import { ping } from './health.ts';
import { IdleEnd } from './idle-end.ts';
import { HealthFlags } from './health-flags.ts';
import { HealthJudge } from './health-judge.ts';
import { JobChanges } from './job-changes.ts';
import { keeperEvents } from './keeper-events.ts';
import { KeeperLink } from './keeper-link.ts';
import type { Log } from './log.ts';
import type { OperationContext } from './operations/context.ts';
import { PoolRegister } from './pool-register.ts';
import { Queue } from './queue.ts';
import { Roster } from './roster.ts';
import { createStarts, type Starts } from './starts.ts';
import { TaskDurations } from './task-durations.ts';
import { Takeover } from './takeover.ts';
import { tellBlockedDisk } from './tell-blocked-disk.ts';
import { Troubles } from './troubles.ts';
import { createViewer } from './viewer.ts';
import { Waits } from './waits.ts';
import { Watch } from './watch.ts';
import type { Worker } from './worker.ts';
import { WorkerMessages } from './worker-messages.ts';

export interface SupervisorOptions {
  workspace: string;
  /** `<workspace>/.nightcrew` */
  stateFolder: string;
  distribution: string;
  version: string;
  serverId: string;
  /** The own process. */
  identity: ProcessIdentity;
  controlToken: string;
  store: Store;
  files: FileSystem;
  restored: RestoredState;
  /** Connects to the keeper that lives, or starts one. */
  openKeeper: (events: KeeperEvents) => Promise<{ client: KeeperClient; token: string }>;
  /** What the first face that looks is to be told. */
  warnings: FolderWarning[];
  clock: Clock;
  log: Log;
  /** Somebody only wants to look: the workers of an earlier run are not started again. */
  withoutWorkers: boolean;
  /** Why there was none before. */
  cause: StartCause;
  /** The supervisor has nothing more to do; the process is to end. */
  onEnded: () => void;
  /** Called every second: shows that it lives, and ends the process when it is not the supervisor any more. */
  keepTurn: () => void;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #context: OperationContext;
  readonly #server: ControlServer;
  readonly #keeper: KeeperLink;
  readonly #watch: Watch;
  readonly #startedAt: number;
  readonly #troubles: Troubles;
  readonly #takeover: Takeover;
  readonly #autoRestart: AutoRestart;
  readonly #crewFilePools: CrewFilePools;
  readonly #care: Care;
  readonly #waits = new Waits();
  readonly #starts: Starts;
  readonly #wanted: CrewWanted;
  readonly #idleEnd: IdleEnd;
  #ending = false;
  /** Until a keeper is there, launch tokens cannot be made; nothing is launched before. */
  #tokenSecret: string = randomUUID();

  constructor(options: SupervisorOptions) {
    const { restored, clock, log, workspace, distribution, stateFolder } = options;
    const room = diskRoom(stateFolder);
    const store = new DiskGate({ store: options.store, clock, folder: stateFolder, room });
    this.#options = options;
    this.#startedAt = clock.now();

    const changes = new Changes();
    this.#wanted = new CrewWanted({ store, changes, stateFolder }, restored.crewWanted);
    this.#troubles = new Troubles(changes, clock);
    const pools = new PoolRegister(store, changes, restored.pools);
    const queue = new Queue(store, clock, changes, restored, pools);
    const roster = new Roster(store, clock, changes);
    const judge = new HealthJudge({ pools, durations: new TaskDurations(), clock });
    const dispatcher = new Dispatcher(store, queue, roster, clock);
    const attempts = new Attempts({ store, queue, roster, judge, dispatcher, clock, changes });
    const tokenSecret = (): string => this.#tokenSecret;
    this.#keeper = new KeeperLink(
      {
        open: (events) => this.#openKeeper(events),
        takeOver: (keeper) => {
          const isBeginning = this.#takeover.isFirst && keeper.kept.length === 0;
          if (options.withoutWorkers && isBeginning) this.#want(false);
          return this.#takeover.takeOver(keeper);
        },
      },
      keeperEvents(
        () => (this.#ending ? undefined : this.#context),
        (reason) => void this.#keeperLost(reason),
      ),
    );
    const settings = new CrewSettings(store, restored.settings, workspace);
    const shared = {
      store,
      queue,
      roster,
      pools,
      judge,
      dispatcher,
      attempts,
      clock,
      changes,
      log,
      troubles: this.#troubles,
      keeper: this.#keeper,
      crewFile: new CrewFileSource(workspace, clock, () => settings.poolDefaults),
      settings,
      restored,
      workspace,
      stateFolder,
      notice: (notice: Notice) => this.#notice(notice),
      failed: (worker: Worker) => {
        this.#autoRestart.failed(worker);
        this.#care.ramps.workerFailed(worker);
      },
      wanted: () => this.#wanted.isWanted,
      isCalledFor: (worker: Worker) => this.#care.ramps.allows(worker),
    };
    const messages = new WorkerMessages({ ...shared, tokenSecret });
    this.#starts = createStarts({
      ...shared,
      logFolder: () => resolve(workspace, settings.current.logFolder ?? join(stateFolder, 'logs')),
      maxWorkers: () => settings.current.maxWorkers,
      distribution,
      tokenSecret,
      watched: () => feed.watched,
      isEnding: () => this.#ending,
      decided: () => this.#waits.look(),
    });
    const freezer = new Freezer(shared);
    const { admission, launcher, monitor, waiting, relaunches, relaunch } = this.#starts;
    const endings = new Endings({
      ...shared,
      messages,
      freezer,
      relaunch,
      launcher,
      warn: (worker, message) => this.#notice({ severity: 'warning', message, worker: worker.id }),
    });
    const wanted = (): boolean => this.#wanted.isWanted && !this.#ending;
    this.#autoRestart = new AutoRestart({ ...shared, endings, wanted, relaunch });
    const flags = new HealthFlags({
      ...shared,
      autoRestart: this.#autoRestart,
      ping: (worker) => ping(worker, { messages, changes, clock }),
    });
    const cleanup = new Cleanup({ ...shared, relaunches, waiting });
    const crewFilePools = new CrewFilePools(shared);
    this.#crewFilePools = crewFilePools;
    const viewer = createViewer({
      ...shared,
      launcher,
      sequence: () => store.lastSequence,
      server: () => this.#serverInfo(),
      ramp: (pool) => this.#care.ramps.view(pool),
    });
    const feed = new Feed({ ...shared, viewer });
    const cared = { files: options.files, endings, starts: this.#starts, figures: viewer.figures };
    this.#care = new Care({ ...shared, ...cared });
    this.#context = {
      ...shared,
      disk: store,
      jobChanges: new JobChanges(shared),
      endings,
      freezer,
      cleanup,
      launcher,
      admission,
      waiting,
      messages,
      monitor,
      feed,
      audit: new Audit({ ...shared, file: join(stateFolder, 'audit.jsonl'), tell: shared.notice }),
      resultsFolder: join(stateFolder, 'results'),
      archivesFolder: join(stateFolder, 'archives'),
      care: this.#care,
      server: () => this.#serverInfo(),
      state: () => viewer.state(),
      look: () => this.#watch.look(),
      want: (wanted) => this.#want(wanted),
      declarePools: () => crewFilePools.declare(),
      endSoon: () => setImmediate(() => void this.end('stopped')),
      handOver: () => setImmediate(() => void this.end('replaced', 'leave')),
      until: (condition) => this.#waits.until(condition),
      isRelaunching: (worker) => relaunches.isUnderWay(worker),
    };
    this.#takeover = new Takeover({
      ...this.#context,
      workspace,
      keeper: this.#keeper,
      troubles: this.#troubles,
      cause: options.cause,
      isEnding: () => this.#ending,
    });
    this.#server = new ControlServer(this.#context, options.controlToken);
    this.#watch = new Watch({
      ...shared,
      disk: store,
      endings,
      flags,
      alsoEachTick: () => this.#tick(),
    });
    this.#idleEnd = new IdleEnd(
      clock,
      () => this.#server.clients > 0 || roster.live.length > 0,
      () => void this.end('idle'),
    );
    tellBlockedDisk(store, this.#troubles, (notice) => this.#notice(notice));
    this.#connectParts(messages, endings, roster);
    restoreWorkers(restored, roster, clock);
  }

  /** Takes back the workers that live, then answers on the control socket. */
  async start(controlSocket: string): Promise<void> {
    const { store, serverId: server, version, identity } = this.#options;
    store.append({ type: 'supervisor.started', server, version, process: identity });
    this.#wanted.note();
    await this.#takeover.endDoubtful();
    await this.#keeper.ensure();
    this.#starts.relaunches.launchDue();
    this.#autoRestart.resume();
    this.#context.queue.refillAll();
    this.#crewFilePools.watch();
    for (const { notice, remember } of this.#options.warnings) this.#server.noticeFirst(notice, remember);
    await this.#server.listen(controlSocket);
    this.#watch.start();
    this.#care.start();
  }

  /**
   * Writes everything down and leaves. `stopped` ends the keeper too; `replaced` leaves it to the successor: to one that
   * waits already (`leave`: should it die at its start, the keeper brings a supervisor back), or that may come.
   */
  async end(why: SupervisorEnd, leaving: 'leave' | 'detach' = 'detach'): Promise<void> {
    if (this.#ending) return;
    this.#options.log.info(`Ending: ${why}.`);
    this.#stop();
    await this.#care.end();
    await this.#keeper.client
      ?.close(why === 'replaced' ? leaving : 'end')
      .catch((error: unknown) => this.#options.log.error('The keeper went first.', error));
    for (const worker of this.#context.roster.live) this.#starts.peaks.settle(worker);
    this.#context.store.append({ type: 'supervisor.ended', server: this.#options.serverId, why });
    // What could not be written was acknowledged to nobody: its workers' messages are with the keeper, or its jobs are run again.
    await this.#context.store
      .close()
      .catch((error: unknown) => this.#options.log.error('The last changes could not be saved.', error));
    await this.#context.audit.close();
    // The answers that waited for it are being made in this turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
    // Last, so that the answer to `down` is out and a face that waits for the end of the connection may start anew.
    await this.#server.close();
    this.#options.onEnded();
  }

  /** The store has ended: only a new start finds out what is on the disk. Faces get to know it, the keeper starts another. */
  async fail(error: StoreError): Promise<void> {
    if (this.#ending) return;
    this.#notice({ severity: 'error', message: error.message, nextStep: error.nextStep });
    this.#stop();
    // The answers to those who waited for the disk are being made in this turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
    await this.#server.close();
  }

  /** Nothing is begun any more. */
  #stop(): void {
    this.#ending = true;
    this.#watch.stop();
    this.#autoRestart.stop();
    this.#context.messages.end();
    this.#context.crewFile.close();
    this.#server.refuse();
  }

  /** Files of the state folder had been removed or replaced. */
  readonly tellPutBack = (): void => this.#server.noticeNowOrFirst(FILES_PUT_BACK);

  async #openKeeper(events: KeeperEvents): Promise<KeeperClient> {
    await this.#takeover.swept();
    const { client, token } = await this.#options.openKeeper(events);
    this.#tokenSecret = token;
    this.#context.dispatcher.useKeeper(client);
    return client;
  }

  /** The keeper's death is the death of the workers' pipes: a new one is started and the workers are lost. */
  async #keeperLost(reason: 'closed' | 'replaced'): Promise<void> {
    this.#context.dispatcher.useKeeper(undefined);
    if (this.#ending) return;
    // It may have been told that another supervisor has come, and have hung up before it could read that.
    this.#options.keepTurn();
    if (reason === 'closed') return this.#takeover.replaceKeeper();
    this.#options.log.warn('Another supervisor has taken over the keeper.');
    await this.end('replaced');
  }

  #connectParts(messages: WorkerMessages, endings: Endings, roster: Roster): void {
    messages.onUnfit((worker, ending) => void endings.abort(worker, { to: 'FAILED', ...ending }));
    messages.onEndedWork((worker) => {
      endings.endIfIdle(worker);
      this.#waits.look();
    });
    roster.onTransition((worker) => {
      if (!isLive(worker.state)) this.#starts.ended(worker);
      this.#waits.look();
    });
  }

  #tick(): void {
    this.#care.tick();
    this.#context.monitor.tick();
    this.#context.waiting.tick();
    this.#context.cleanup.tick();
    this.#context.dispatcher.schedule();
    this.#options.keepTurn();
    this.#server.keepListening();
    this.#idleEnd.tick();
  }

  #want(wanted: boolean): void {
    if (wanted) this.#takeover.tryAgain();
    if (this.#wanted.change(wanted)) this.#context.dispatcher.schedule();
  }

  #notice(notice: Notice): void {
    this.#options.log.info(`Told to faces: ${notice.message}`);
    this.#server.notice(notice);
  }

  #serverInfo(): ServerInfo {
    const { serverId, version, workspace, store } = this.#options;
    return {
      serverId,
      version,
      pid: process.pid,
      keeperPid: this.#keeper.client?.pid ?? 0,
      workspace,
      startedAt: this.#startedAt,
      recovery: store.recovery,
      start: this.#takeover.account,
    };
  }
}
