import { html, type TemplateResult } from 'lit';
import { CommandId } from '../../src/extension/contributions.ts';
import type { Situation } from '../../src/extension/situation.ts';
import { textButton } from './action-button.ts';
import { icon } from './icon.ts';

interface Emptiness {
  icon: string;
  title: string;
  text: string;
  buttons: [label: string, command: CommandId][];
}

/** Why there is nothing to see, and what would change that. The views of the sidebar say the same. */
const EMPTINESS: Record<Exclude<Situation, 'active' | 'noWorkers'>, Emptiness> = {
  noFolder: {
    icon: 'folder',
    title: 'No folder is open',
    text: 'A crew belongs to a workspace folder. Open the folder your work is in.',
    buttons: [],
  },
  untrusted: {
    icon: 'workspace-untrusted',
    title: 'This workspace is in Restricted Mode',
    text: 'A crew runs commands that the workspace defines. Trust the workspace to start one.',
    buttons: [],
  },
  readOnly: {
    icon: 'lock',
    title: 'This folder is read-only',
    text: 'Nightcrew keeps its queue in .nightcrew/ in the workspace folder. Make the folder writable, or open a copy.',
    buttons: [],
  },
  refused: {
    icon: 'warning',
    title: 'The supervisor cannot be reached from here',
    text: '',
    buttons: [
      ['Try Again', CommandId.startSupervisor],
      ['Show Log', CommandId.showLog],
    ],
  },
  elsewhere: {
    icon: 'vm',
    title: 'Another machine runs this crew',
    text: '',
    buttons: [
      ['Take Over…', CommandId.takeOver],
      ['Try Again', CommandId.startSupervisor],
    ],
  },
  connecting: {
    icon: 'sync~spin',
    title: 'Connecting to the supervisor',
    text: '',
    buttons: [],
  },
  noCrew: {
    icon: 'rocket',
    title: 'No crew yet',
    text: 'A crew file, nightcrew.yaml, says which programs work here and on what. Begin with an example that runs as it is.',
    buttons: [['Create Example Crew File', CommandId.createCrewFile]],
  },
  stopped: {
    icon: 'debug-stop',
    title: 'The supervisor is stopped',
    text: 'Nothing is running. The queue is kept.',
    buttons: [
      ['Start Crew', CommandId.startCrew],
      ['Start Supervisor', CommandId.startSupervisor],
    ],
  },
};

/** `refusal`: why, in the situations `refused` and `elsewhere`. */
export function emptyPage(situation: Situation, refusal: string | undefined): TemplateResult {
  const {
    icon: name,
    title,
    text,
    buttons,
  } = EMPTINESS[situation === 'active' || situation === 'noWorkers' ? 'connecting' : situation];
  return html`<div class="empty-page">
    <div class="empty-icon">${icon(name)}</div>
    <h1>${title}</h1>
    <p>${refusal ?? text}</p>
    <div class="empty-actions">
      ${buttons.map(([label, command], index) => textButton(label, command, index === 0 ? 'primary' : 'secondary'))}
    </div>
  </div>`;
}
