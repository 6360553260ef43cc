/** The routes as a table for people, by group. */
import type { Route } from './route.ts';
import type { Schema } from './schemas/schema.ts';

export function referenceTable(routes: readonly Route[]): string {
  return [...Map.groupBy(routes, ({ group }) => group)]
    .map(([group, members]) => `### ${group}\n\n${table(members)}`)
    .join('\n');
}

function table(routes: readonly Route[]): string {
  const rows = routes.map((route) => {
    const { method, path, summary, description = '' } = route;
    const takes = [...membersOf(route.query, '?'), ...membersOf(route.body?.schema, '')].join(', ');
    return `| \`${method} ${path}\` | ${summary}. ${description} | ${takes || '–'} |`;
  });
  return ['| route | does | takes (`?`: in the query) |', '|---|---|---|', ...rows, ''].join('\n');
}

/** Required ones are bold. */
function membersOf(schema: Schema | undefined, mark: string): string[] {
  const names = Object.keys((schema?.['properties'] ?? {}) as object);
  const required = new Set((schema?.['required'] ?? []) as string[]);
  return names.map((name) => (required.has(name) ? `**\`${mark}${name}\`**` : `\`${mark}${name}\``));
}
