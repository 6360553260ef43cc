/** A tree view in the side bar. */
import type { Locator, Page } from 'playwright-core';
import { actUntil, waitFor, type WaitOptions } from '../wait-for.ts';
import { choosePageMenuItem } from './menu.ts';

export interface TreeRow {
  label: string;
  description: string;
  /** What a screen reader says. */
  ariaLabel: string;
  /** 1 for the top. */
  level: number;
  /** `undefined` where there is nothing to expand. */
  expanded: boolean | undefined;
  selected: boolean;
  /** The codicon's name, for example `server`; empty for another kind of icon. */
  icon: string;
}

/** A row by its label, or by a test on all that is known of it. */
export type RowQuery = string | ((row: TreeRow) => boolean);

export class TreeView {
  readonly title: string;
  readonly #page: Page;
  readonly #pane: Locator;

  constructor(page: Page, title: string) {
    this.title = title;
    this.#page = page;
    // The title with its description, if any: "Workers Section" or "Workers: 3 running Section".
    const header = page
      .locator(`.pane-header[aria-label^="${title}"]`)
      .filter({ has: page.locator(`h3.title >> text="${title}"`) });
    this.#pane = page.locator('.pane').filter({ has: header });
  }

  /** The rows in sight, in order. Rows scrolled out of sight are not rendered; windows of the harness are tall. */
  async rows(): Promise<TreeRow[]> {
    // Read in one go: between two questions to the page a row may go, and the next would wait for it in vain.
    const numbered = await this.#rowLocators().evaluateAll((all) =>
      all.map((element) => {
        const content = (selector: string) => element.querySelector(selector)?.textContent?.trim() ?? '';
        const expanded = element.getAttribute('aria-expanded');
        const icon = element.querySelector('.custom-view-tree-node-item-icon')?.className ?? '';
        const row: TreeRow = {
          label: content('.label-name'),
          description: content('.label-description'),
          ariaLabel: (element.getAttribute('aria-label') ?? '').trim(),
          level: Number(element.getAttribute('aria-level')),
          expanded: expanded === null ? undefined : expanded === 'true',
          selected: element.getAttribute('aria-selected') === 'true',
          icon: /codicon-(?!colored)(?!modifier)([\w-]+)/.exec(icon)?.[1] ?? '',
        };
        return { row, number: Number(element.getAttribute('data-index')) };
      }),
    );
    // The list reuses elements, so their order in the page is not the order on screen.
    return numbered.sort((a, b) => a.number - b.number).map(({ row }) => row);
  }

  /** Waits until the rows are as wanted, and returns them. */
  async waitForRows(
    accept: (rows: TreeRow[]) => boolean,
    what = 'the wanted rows',
    options?: WaitOptions,
  ): Promise<TreeRow[]> {
    return waitFor(`${what} in the view "${this.title}"`, () => this.rows(), accept, options);
  }

  /** Waits for a row. */
  async row(query: RowQuery, options?: WaitOptions): Promise<TreeRow> {
    const rows = await this.waitForRows((all) => all.some(matcher(query)), describe(query), options);
    return rows.find(matcher(query))!;
  }

  async select(query: RowQuery): Promise<void> {
    await (await this.#locate(query)).locator('.label-name').click();
  }

  async expand(query: RowQuery): Promise<void> {
    await this.#setExpanded(query, true);
  }

  async collapse(query: RowQuery): Promise<void> {
    await this.#setExpanded(query, false);
  }

  /** Rests the pointer on a row until its hover says what is wanted, and returns that. */
  async hover(query: RowQuery, wanted: RegExp): Promise<string> {
    const hover = this.#page.locator('.monaco-hover:visible');
    let text = '';
    await actUntil(
      `the hover of ${describe(query)} to say ${wanted}`,
      async () => wanted.test((text = (await hover.allInnerTexts()).join('\n'))),
      async () => {
        // A pointer that already rests there opens no other one.
        await this.#page.mouse.move(0, 0);
        await (await this.#locate(query)).locator('.label-name').hover();
      },
    );
    return text;
  }

  /** Clicks an inline action: the icons that show while the pointer is over a row. */
  async inlineAction(query: RowQuery, action: string): Promise<void> {
    const row = await this.#locate(query);
    await row.hover();
    await row.locator(`.actions .action-label[aria-label="${action}"]`).click();
  }

  /** The inline actions that a row offers, in order. */
  async inlineActions(query: RowQuery): Promise<string[]> {
    const row = await this.#locate(query);
    await row.hover();
    const labels = row.locator('.actions .action-label');
    return labels.evaluateAll((all) => all.map((label) => label.getAttribute('aria-label') ?? ''));
  }

  /** Opens a row's context menu and takes the item of this name. */
  async contextMenu(query: RowQuery, item: string): Promise<void> {
    await (await this.#locate(query)).click({ button: 'right' });
    await choosePageMenuItem(this.#page, item);
  }

  /** Clicks an action in the view's title bar. */
  async titleAction(action: string): Promise<void> {
    await this.#pane.waitFor();
    await this.#pane.hover();
    // The only view of a container has its title, and its actions, in the title of the container.
    const isMerged = await this.#pane.locator('.pane-header.hidden').count();
    const title = isMerged
      ? this.#page.locator('.sidebar .composite.title')
      : this.#pane.locator('.pane-header');
    await title.locator(`.action-label[aria-label="${action}"]`).click();
  }

  /** The message above the rows (`TreeView.message`); empty without one. */
  async message(): Promise<string> {
    return (await this.#pane.locator('.message:not(.hide)').allTextContents()).join('').trim();
  }

  /** What the view says while it is empty, and the buttons in it. */
  async welcome(): Promise<string> {
    return (await this.#pane.locator('.welcome-view-content').innerText()).trim();
  }

  async welcomeButton(name: string): Promise<void> {
    await this.#pane.locator('.welcome-view-content .monaco-button', { hasText: name }).click();
  }

  #rowLocators(): Locator {
    return this.#pane.locator('.monaco-list-row[role="treeitem"]');
  }

  async #setExpanded(query: RowQuery, wanted: boolean): Promise<void> {
    await actUntil(
      `${describe(query)} to be ${wanted ? 'expanded' : 'collapsed'}`,
      async () => (await this.row(query)).expanded === wanted,
      async () => (await this.#locate(query)).locator('.monaco-tl-twistie').click(),
    );
  }

  /**
   * The element of a row, named by its label (and, of several, by which one): its number and its element are those of
   * another row as soon as the list changes. What is done with it is done once, and not tried again: a click that
   * worked but was reported late would hit twice.
   */
  async #locate(query: RowQuery): Promise<Locator> {
    const { label } = await this.row(query);
    const namesakes = (await this.rows()).filter((row) => row.label === label);
    const labelled = this.#page.locator('.label-name').getByText(label, { exact: true });
    return this.#rowLocators()
      .filter({ has: labelled })
      .nth(Math.max(0, namesakes.findIndex(matcher(query))));
  }
}

function matcher(query: RowQuery): (row: TreeRow) => boolean {
  return typeof query === 'string' ? (row) => row.label === query : query;
}

function describe(query: RowQuery): string {
  return typeof query === 'string' ? `the row "${query}"` : `a row with ${query.toString()}`;
}
