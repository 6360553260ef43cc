/** Questions that are answered by picking from a list. */
import * as vscode from 'vscode';
import { answerOf } from './answer-of.ts';

export interface ItemQuestion {
  title: string;
  placeHolder: string;
  /** Whether typing also finds items by this text of theirs; their label is always searched. */
  matchOnDescription?: boolean;
  matchOnDetail?: boolean;
}

/** One of the items; undefined when the question was left. */
export function askItem<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  question: ItemQuestion,
): Promise<Item | undefined> {
  const pick = pickOf(items, question);
  return answerOf(pick, () => pick.selectedItems[0]);
}

/** Any number of the items; undefined when the question was left. */
export function askItems<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  question: ItemQuestion,
): Promise<readonly Item[] | undefined> {
  const pick = pickOf(items, question);
  pick.canSelectMany = true;
  return answerOf(pick, () => pick.selectedItems);
}

function pickOf<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  question: ItemQuestion,
): vscode.QuickPick<Item> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = question.title;
  pick.placeholder = question.placeHolder;
  pick.matchOnDescription = question.matchOnDescription ?? false;
  pick.matchOnDetail = question.matchOnDetail ?? false;
  pick.items = items;
  return pick;
}
