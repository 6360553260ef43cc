import type { ControlClient } from '../../src/control/client-contract.ts';
import type { LinkState, WorkspacePlace } from '../../src/extension/link-state.ts';
import { SupervisorLink } from '../../src/extension/supervisor-link.ts';
import { FakeClient } from '../fake-client.ts';
import { ManualClock } from '../manual-clock.ts';
import { scriptedCrew } from './scripted-crew.ts';

export const PLACE: WorkspacePlace = { folder: '/home/ada/epidemic', trusted: true, writable: true };

/** A link to a supervisor that lives, or not, as the test says. */
export class LinkScene {
  readonly clock = new ManualClock();
  readonly log: string[] = [];
  readonly kinds: LinkState['kind'][] = [];
  living: FakeClient | undefined;
  /** Why the one that lives cannot be worked with. */
  refusal: Error | undefined;
  starts = 0;
  /** What the state folder says of the crew. */
  isWanted = false;
  /** What starting a supervisor gives. */
  startable: () => Promise<ControlClient> = async () => {
    this.living = new FakeClient(scriptedCrew());
    return this.living;
  };
  readonly link = new SupervisorLink({
    clock: this.clock,
    log: { info: (message) => this.log.push(message), warn: (message) => this.log.push(message) },
    isCrewWanted: () => this.isWanted,
    optionsFor: (folder) => ({ workspace: folder, client: 'test', distribution: '/dist' }),
    connector: {
      connect: async () => {
        if (this.refusal) throw this.refusal;
        return this.living?.closed ? undefined : this.living;
      },
      connectOrStart: async () => {
        this.starts++;
        if (this.refusal) throw this.refusal;
        return this.startable();
      },
    },
  });

  constructor() {
    this.link.onDidChange(({ state }) => this.kinds.push(state.kind));
  }

  /** Resolves when what was started has run to where only the clock can go on. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }
}
