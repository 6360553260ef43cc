import type { Notice } from '../control/api.ts';
import { plainText } from './plain-text.ts';
import type { Colors } from './terminal.ts';

/** A notice of the supervisor, if it is one that a person should see who asked for something else. */
export function noticeLines({ severity, message, nextStep }: Notice, colors: Colors): string[] {
  if (severity === 'info') return [];
  return [
    colors.yellow(`${severity}: ${plainText(message)}`),
    ...(nextStep === undefined ? [] : [`  ${colors.cyan('next:')} ${plainText(nextStep)}`]),
  ];
}
