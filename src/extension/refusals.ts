/** Why a command cannot run as things stand, in the words a person reads, each with what would change that. */
import { CommandId } from './contributions.ts';
import { CREW_FILE_NAME } from './crew-file/crew-file-name.ts';
import { Refusal } from './refusal.ts';

export function noFolderOpen(): Refusal {
  return new Refusal('No folder is open.', 'Open the folder your work is in.', {
    title: 'Open Folder',
    command: 'workbench.action.files.openFolder',
  });
}

export function restrictedMode(): Refusal {
  return new Refusal(
    'This workspace is in Restricted Mode, and a crew runs commands that the workspace defines.',
    'Trust the workspace to start work in it.',
    { title: 'Manage Workspace Trust', command: 'workbench.trust.manage' },
  );
}

export function readOnlyFolder(folder: string): Refusal {
  return new Refusal(
    `${folder} is read-only, and Nightcrew keeps its queue in .nightcrew/ there.`,
    'Make the folder writable, or open a copy of it.',
  );
}

export function supervisorNotRunning(): Refusal {
  return new Refusal('The Nightcrew supervisor is not running.', 'Start it, or start the crew.', {
    title: 'Start Supervisor',
    command: CommandId.startSupervisor,
  });
}

export function nothingToTakeOver(): Refusal {
  return new Refusal(
    'No other machine has the crew of this folder.',
    'Start the supervisor, or start the crew.',
    { title: 'Start Supervisor', command: CommandId.startSupervisor },
  );
}

export function stillConnecting(): Refusal {
  return new Refusal('Nightcrew is connecting to its supervisor.', 'Try again in a moment.');
}

export function noCrewFile(): Refusal {
  return new Refusal(
    `There is no ${CREW_FILE_NAME} in this workspace, the file that says what a worker runs.`,
    'Create one to begin with.',
    { title: 'Create Example Crew File', command: CommandId.createCrewFile },
  );
}

/** The crew file is there and asks for nothing. */
export function nothingToStart(): Refusal {
  return new Refusal('The crew file asks for no workers.', 'Define a pool with workers in it.', {
    title: 'Open Crew File',
    command: CommandId.openCrewFile,
  });
}

export function noWorkerYet(): Refusal {
  return new Refusal('There is no worker yet.', 'Start the crew or add a worker first.', {
    title: 'Start Crew',
    command: CommandId.startCrew,
  });
}
