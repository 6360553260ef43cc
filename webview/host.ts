/** The extension, as the page sees it. */
import type { CommandId } from '../src/extension/contributions.ts';
import type { CommandSubject, DashboardMessage, DashboardRequest } from './messages.ts';

/** Where a person is in the page: kept over hiding and reloading. Never the crew itself, which would be out of date. */
export interface NavigationState {
  filter: string;
  condition: string;
  expandedJobs: string[];
  scroll: number;
}

interface VsCodeApi {
  postMessage(message: DashboardRequest): void;
  getState(): NavigationState | undefined;
  setState(state: NavigationState): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

export function send(request: DashboardRequest): void {
  api.postMessage(request);
}

export function runCommand(command: CommandId, about?: CommandSubject): void {
  send(about ? { type: 'command', command, about } : { type: 'command', command });
}

export function listen(listener: (message: DashboardMessage) => void): void {
  window.addEventListener('message', (event: MessageEvent<DashboardMessage>) => listener(event.data));
}

export function loadNavigation(): NavigationState {
  return { filter: '', condition: 'all', expandedJobs: [], scroll: 0, ...api.getState() };
}

export function saveNavigation(change: Partial<NavigationState>): void {
  api.setState({ ...loadNavigation(), ...change });
}
