import { CREW_FILE_NAME } from '../crew-file/crew-file-presence.ts';
import { Refusal } from '../refusal.ts';

export function noCrewFile(): Refusal {
  return new Refusal(
    `There is no ${CREW_FILE_NAME} in this workspace, the file that says what a worker runs.`,
    'Create one to begin with.',
    { title: 'Create Example Crew File', command: 'nightcrew.createCrewFile' },
  );
}
