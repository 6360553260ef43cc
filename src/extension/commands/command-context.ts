import type { LogOutputChannel } from 'vscode';
import type { CrewFilePresence } from '../crew-file/crew-file-presence.ts';
import type { ReportDocuments } from '../reports/report-documents.ts';
import type { SupervisorLink } from '../supervisor-link.ts';

/** What commands work with. */
export interface CommandContext {
  link: SupervisorLink;
  crewFile: CrewFilePresence;
  reports: ReportDocuments;
  log: LogOutputChannel;
  openDashboard(): void;
}
