/** What a crew file says of the crew as a whole: whom to tell of what (`alerts:`), and how long to keep what is done (`retention:`). */
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isMap, isScalar, isSeq } from 'yaml';
import {
  ALERT_KINDS,
  DEFAULT_ALERT_INTERVAL_SECONDS,
  type AlertKind,
  type AlertSettings,
  type WebhookSource,
} from './alert.ts';
import { suggestName } from './closest-name.ts';
import { readWords } from './crew-file-pool.ts';
import { describe, type CrewFileReader, type Field } from './crew-file-reader.ts';
import { DURATION } from './crew-file-measures.ts';
import { DEFAULT_KEPT_JOBS, type RetentionSettings } from './retention.ts';

const ALERT_FIELDS = ['events', 'webhook', 'command', 'notification', 'every'];
const EVENTS_STEP = `Name some, like [${ALERT_KINDS.slice(0, 2).join(', ')}], or leave "events" out to be told of all.`;
const MOST_KEPT_JOBS = 100_000_000;

/** Undefined when it is not there, or damaged (reported). */
export function readAlerts(
  reader: CrewFileReader,
  section: Field | undefined,
  file: string,
): AlertSettings | undefined {
  if (section === undefined) return undefined;
  const fields = reader.fields(section, '"alerts"', ALERT_FIELDS);
  if (fields === undefined) return undefined;
  const [webhookField, commandField, everyField, notificationField] = [
    fields.get('webhook'),
    fields.get('command'),
    fields.get('every'),
    fields.get('notification'),
  ];
  const notification = readFlag(reader, notificationField, 'alerts: notification', true);
  // What was only begun tells nobody; that should not be found out in the morning.
  if (!webhookField && !commandField && (fields.size === 0 || !notification))
    reader.report(
      section.key,
      'alerts names nobody who is to be told.',
      'Add for example "webhook: { file: ~/.config/nightcrew/webhook }" below it, "notification: true" for VS Code alone, or remove it.',
    );
  const webhook = webhookField && readWebhook(reader, webhookField, file);
  const command = commandField && readWords(reader, commandField, 'alerts: command');
  return {
    events: readEvents(reader, fields.get('events')),
    ...(webhook ? { webhook } : {}),
    ...(command && command.length > 0 ? { command } : {}),
    notification,
    every:
      (everyField && reader.measure(everyField, 'alerts: every', DURATION)) ?? DEFAULT_ALERT_INTERVAL_SECONDS,
  };
}

export function readRetention(
  reader: CrewFileReader,
  section: Field | undefined,
): RetentionSettings | undefined {
  if (section === undefined) return undefined;
  const fields = reader.fields(section, '"retention"', ['jobs', 'age']);
  if (fields === undefined) return undefined;
  const [jobsField, ageField] = [fields.get('jobs'), fields.get('age')];
  const jobs = jobsField && reader.integer(jobsField, 'retention: jobs', 0, MOST_KEPT_JOBS, 50_000);
  const age = ageField && reader.measure(ageField, 'retention: age', { ...DURATION, example: '90d' });
  return { jobs: jobs ?? DEFAULT_KEPT_JOBS, ...(age === undefined ? {} : { age }) };
}

function readEvents(reader: CrewFileReader, field: Field | undefined): AlertKind[] {
  if (field === undefined) return [...ALERT_KINDS];
  if (!isSeq(field.value)) {
    reader.report(
      field.value ?? field.key,
      `alerts: events must be a list of ${ALERT_KINDS.join(', ')}, not ${describe(field.value)}.`,
      EVENTS_STEP,
    );
    return [];
  }
  if (field.value.items.length === 0)
    reader.report(
      field.value,
      'alerts: events is an empty list: nobody would be told of anything.',
      EVENTS_STEP,
    );
  return field.value.items.flatMap((item) => {
    const node = reader.follow(item);
    const name = isScalar(node) ? String(node.value) : '';
    const kind = ALERT_KINDS.find((known) => known === name);
    if (kind === undefined)
      reader.report(
        node ?? field.key,
        `alerts: events has ${describe(node)}, which is nothing to be told of.`,
        suggestName(name, ALERT_KINDS)!,
      );
    return kind ?? [];
  });
}

/** The URL, or where it stands: it is a secret as a rule, and a crew file is shared. */
function readWebhook(reader: CrewFileReader, field: Field, file: string): WebhookSource | undefined {
  const what = 'alerts: webhook';
  if (!isMap(field.value)) {
    const url = reader.text(field, what);
    if (url === undefined) return undefined;
    if (isWebAddress(url)) return { url };
    // Not repeated: it may be most of a secret.
    reader.report(
      field.value ?? field.key,
      `${what} must be a URL that begins with https://.`,
      'Or name where it stands: webhook: { env: NAME } or { file: path }.',
    );
    return undefined;
  }
  const fields = reader.fields(field, what, ['env', 'file']);
  const [env, path] = [fields?.get('env'), fields?.get('file')];
  if ((env === undefined) === (path === undefined)) {
    reader.report(
      field.key,
      `${what} must have either "env" or "file".`,
      'Write webhook: { env: NAME } for a variable, or webhook: { file: path } for a file.',
    );
    return undefined;
  }
  if (env) {
    const name = reader.text(env, `${what}: env`);
    if (name === undefined || isVariableName(name)) return name === undefined ? undefined : { env: name };
    // Not repeated: it may be the URL itself.
    reader.report(
      env.value ?? env.key,
      `${what}: env is not the name of an environment variable.`,
      'Write a name of letters, digits and "_", like NIGHT_WEBHOOK, and put the URL into that variable.',
    );
    return undefined;
  }
  const text = reader.text(path!, `${what}: file`);
  return text === undefined ? undefined : { file: fromHome(text) ?? resolve(dirname(file), text) };
}

function isVariableName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}

/** `~/…` stays for who knows the home folder: nothing here looks at the environment. */
function fromHome(path: string): string | undefined {
  return path.startsWith('~/') || isAbsolute(path) ? join(path) : undefined;
}

export function isWebAddress(text: string): boolean {
  try {
    return ['https:', 'http:'].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}

function readFlag(
  reader: CrewFileReader,
  field: Field | undefined,
  what: string,
  otherwise: boolean,
): boolean {
  if (field === undefined) return otherwise;
  const value = isScalar(field.value) ? field.value.value : undefined;
  if (typeof value === 'boolean') return value;
  reader.report(
    field.value ?? field.key,
    `${what} must be true or false, not ${describe(field.value)}.`,
    `Write "${field.name}: true" or "${field.name}: false".`,
  );
  return otherwise;
}
