import * as vscode from 'vscode';
import { answerOf } from './answer-of.ts';

export interface TextQuestion {
  title: string;
  prompt: string;
  placeHolder?: string;
  /** What stands in the box already. */
  value?: string;
  /** What to say of a text while it is typed: a problem, with which it is not accepted, or a message of another kind. */
  validate(text: string): string | vscode.InputBoxValidationMessage | undefined;
}

/** One line of text that passes its validation; undefined when the question was left. */
export function askText(question: TextQuestion): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  box.title = question.title;
  box.prompt = question.prompt;
  box.placeholder = question.placeHolder;
  box.value = question.value ?? '';
  const validate = (): boolean => {
    const message = question.validate(box.value);
    box.validationMessage = message;
    return !isProblem(message);
  };
  box.onDidChangeValue(validate);
  return answerOf(box, () => (validate() ? box.value : undefined));
}

function isProblem(message: string | vscode.InputBoxValidationMessage | undefined): boolean {
  if (typeof message === 'object') return message.severity === vscode.InputBoxValidationSeverity.Error;
  return message !== undefined;
}
