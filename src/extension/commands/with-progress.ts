import * as vscode from 'vscode';
import { ViewId } from '../contributions.ts';

/** Shows that something is under way where the result will appear: as the bar above the Workers view. */
export async function withProgress<Result>(work: () => Promise<Result>): Promise<Result> {
  return vscode.window.withProgress({ location: { viewId: ViewId.workers } }, work);
}
