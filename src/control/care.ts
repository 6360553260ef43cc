/** What the control API tells of alerts. */

/** What came of sending an alert by one way. */
export interface AlertOutcome {
  channel: 'notification' | 'webhook' | 'command';
  ok: boolean;
  message: string;
}
