import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import {
  CommandId,
  ContextKey,
  DASHBOARD_VIEW_TYPE,
  SettingKey,
  VIEW_CONTAINER,
  ViewId,
} from '../../src/extension/contributions.ts';
import { QUEUE_FLAGS } from '../../src/extension/queue-view/queue-nodes.ts';
import { SITUATIONS } from '../../src/extension/situation.ts';
import { RAMP_ABILITIES } from '../../src/extension/workers-view/ramp-abilities.ts';
import { WORKER_ABILITIES } from '../../src/extension/workers-view/worker-abilities.ts';

interface MenuItem {
  command: string;
  when?: string;
}

interface Manifest {
  main: string;
  icon: string;
  activationEvents: string[];
  contributes: {
    commands: { command: string; title: string; category: string }[];
    views: Record<string, { id: string; icon: string }[]>;
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    viewsWelcome: { view: string; contents: string; when: string }[];
    menus: Record<string, MenuItem[]>;
    configuration: { properties: Record<string, { default: unknown; scope: string }> };
  };
}

const root = new URL('../../', import.meta.url);
const manifestText = await readFile(new URL('package.json', root), 'utf8');
const manifest = JSON.parse(manifestText) as Manifest;
const strings = JSON.parse(await readFile(new URL('package.nls.json', root), 'utf8')) as Record<
  string,
  string
>;
const { contributes } = manifest;
const menuItems = Object.values(contributes.menus).flat();
const conditions = [...menuItems, ...contributes.viewsWelcome].flatMap(({ when }) => when ?? []);

const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

describe('package.json and the code', () => {
  it('agree on the commands', () => {
    assert.deepEqual(
      sorted(contributes.commands.map(({ command }) => command)),
      sorted(Object.values(CommandId)),
    );
  });

  it('agree on the views', () => {
    assert.deepEqual(
      sorted(
        Object.values(contributes.views)
          .flat()
          .map(({ id }) => id),
      ),
      sorted(Object.values(ViewId)),
    );
    assert.deepEqual(Object.keys(contributes.views), [VIEW_CONTAINER]);
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [VIEW_CONTAINER],
    );
  });

  it('agree on the settings', () => {
    assert.deepEqual(
      sorted(Object.keys(contributes.configuration.properties)),
      sorted(Object.values(SettingKey)),
    );
  });

  it('agree on the context keys', () => {
    const views: string[] = Object.values(ViewId);
    const used = conditions.flatMap((when) => when.match(/nightcrew\.\w+(?!\.yaml)\b/g) ?? []);
    assert.deepEqual(
      sorted(used.filter((key) => !views.includes(key) && key !== 'nightcrew.yaml')),
      sorted(Object.values(ContextKey)),
    );
  });

  it('agree on the situations, and each view has words for every one in which it is empty', () => {
    const used = conditions.flatMap((when) =>
      [...when.matchAll(/situation == (\w+)/g)].map(([, name]) => name!),
    );
    assert.deepEqual(
      used.filter((name) => !(SITUATIONS as readonly string[]).includes(name)),
      [],
    );
    const welcomed = (id: string): string[] =>
      contributes.viewsWelcome
        .filter(({ view }) => view === id)
        .map(({ when }) => /situation == (\w+)/.exec(when)![1]!);
    // In the last two it has a message and rows with what can be done, and VS Code would not show a welcome.
    const filled = ['active', 'refused', 'elsewhere'];
    assert.deepEqual(
      sorted(welcomed(ViewId.workers)),
      sorted(SITUATIONS.filter((name) => !filled.includes(name))),
    );
    assert.deepEqual(sorted(welcomed(ViewId.queue)), sorted(SITUATIONS));
  });

  it('welcome in words that VS Code shows as they are: it knows links there, and no other markup', () => {
    for (const [key, text] of Object.entries(strings))
      if (key.startsWith('welcome.')) assert.doesNotMatch(text, /[`*_]/, key);
  });

  it('agree on what the flags of a tree item are called', () => {
    const used = conditions.flatMap((when) => [...when.matchAll(/\\\+(\w+)\\b/g)].map(([, flag]) => flag!));
    assert.deepEqual(sorted(used), sorted([...WORKER_ABILITIES, ...RAMP_ABILITIES, ...QUEUE_FLAGS]));
  });

  it('agree on what brings the dashboard back after a reload', () => {
    assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${DASHBOARD_VIEW_TYPE}`));
  });
});

describe('package.json', () => {
  it('uses only commands that it declares', () => {
    const linked = Object.values(strings).flatMap((text) =>
      [...text.matchAll(/command:(nightcrew\.\w+)/g)].map(([, id]) => id!),
    );
    const used = [...menuItems.map(({ command }) => command), ...linked];
    const declared = new Set(contributes.commands.map(({ command }) => command));
    assert.deepEqual(
      used.filter((id) => !declared.has(id)),
      [],
    );
  });

  it('has every text that it names, and names every text that there is', () => {
    const named = [...manifestText.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!);
    assert.deepEqual(sorted(named), sorted(Object.keys(strings)));
  });

  it('gives every command the category Nightcrew and every setting a default and a scope', () => {
    for (const { category } of contributes.commands)
      assert.equal(strings[category.slice(1, -1)], 'Nightcrew');
    for (const setting of Object.values(contributes.configuration.properties)) {
      assert.notEqual(setting.default, undefined);
      assert.notEqual(setting.scope, undefined);
    }
  });

  it('names icons that exist', async () => {
    const icons = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...Object.values(contributes.views)
        .flat()
        .map(({ icon }) => icon),
    ];
    for (const icon of icons) await access(new URL(icon, root));
  });
});
