import type * as vscode from 'vscode';

/** What quick picks and input boxes have in common, as far as an answer is concerned. */
interface QuestionBox extends vscode.QuickInput {
  readonly onDidAccept: vscode.Event<void>;
}

/**
 * Shows a question and waits for its answer: what `read` returns when it is accepted, if it is one. Undefined when the
 * question was left with Escape.
 *
 * VS Code gives the focus back when a box closes, and a webview such as the dashboard takes it some time later: a box
 * opened meanwhile would lose it and, as boxes do by default, close unanswered. So an answered box stays until its
 * asker has had the chance to ask on, in which case the next box replaces it without the focus ever leaving; and no
 * question closes because the focus moved.
 */
export function answerOf<Answer>(
  box: QuestionBox,
  read: () => Answer | undefined,
): Promise<Answer | undefined> {
  box.ignoreFocusOut = true;
  return new Promise((resolve) => {
    box.onDidAccept(() => {
      const answer = read();
      if (answer === undefined) return;
      resolve(answer);
      setImmediate(() => box.dispose());
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}
