/** How a supervisor that starts gets the turn of its workspace. */
import { succeed } from '../control/hand-over.ts';
import { readLiveLease } from '../control/lease.ts';
import type { RuntimeFolder } from '../control/runtime-folder.ts';
import { WorkspaceTurn, type TurnHolder } from '../control/workspace-turn.ts';
import type { Clock } from '../core/clock.ts';
import type { ProcessIdentity } from '../core/worker.ts';
import { refuseUnknownKeeper } from './open-keeper.ts';

interface TurnClaim {
  stateFolder: string;
  folders: RuntimeFolder;
  /** Who wants it. */
  identity: ProcessIdentity;
  /** The server id of who is to give it. */
  predecessor: string | undefined;
  /** A person says that the other machine, which has it, is gone. */
  takeOver: boolean;
  clock: Clock;
}

/** The turn, or who has it. The predecessor, named by its server id, is asked for it. */
export async function takeTurn(claim: TurnClaim): Promise<WorkspaceTurn | TurnHolder> {
  const { stateFolder, folders, identity, predecessor, takeOver, clock } = claim;
  const askFor = async (): Promise<boolean> => {
    const lease = await readLiveLease(folders.leaseFile);
    if (lease === undefined || lease.serverId !== predecessor) return false;
    await refuseUnknownKeeper(folders.folder);
    await succeed(lease);
    return true;
  };
  // Looked at first, too: to whoever lost its state folder, a ticket in a new one would look like a successor.
  const living = await readLiveLease(folders.leaseFile);
  if (living && living.serverId !== predecessor) return { process: living.identity };
  const turn = await WorkspaceTurn.take({
    stateFolder,
    runtimeFolder: folders.folder,
    process: identity,
    clock,
    awaits: askFor,
    takeOver,
  });
  if (!(turn instanceof WorkspaceTurn)) return turn.holder;
  try {
    // From before there were tickets: a supervisor that is alive and has none.
    const unticketed = await readLiveLease(folders.leaseFile);
    if (!unticketed || (await askFor())) return turn;
    turn.release();
    return { process: unticketed.identity };
  } catch (error) {
    turn.release();
    throw error;
  }
}
