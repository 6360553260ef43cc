/** What the control API tells of settings and alerts. */
import type { SettingName } from '../core/settings.ts';

export interface EffectiveSetting {
  name: SettingName;
  /** Of which pool; absent: of all that say nothing of it, or of the crew. */
  pool?: string;
  /** Seconds, a count, a path or a name; absent: nothing holds. */
  value?: number | string;
  /** Where it stands: the crew file, a setting of the editor, a variable of the environment, or `default`. */
  from: string;
}

/** What came of sending an alert by one way. */
export interface AlertOutcome {
  channel: 'notification' | 'webhook' | 'command';
  ok: boolean;
  message: string;
}
