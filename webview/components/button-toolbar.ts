/**
 * A row of buttons that is one stop of the Tab key; the arrow keys go from button to button, as in VS Code's own
 * toolbars. Thirty cards with five buttons each would otherwise be a hundred and fifty stops.
 */
export class ButtonToolbar extends HTMLElement {
  /** Buttons come and go with what a worker can do; one of them can always be reached. */
  readonly #observer = new MutationObserver(() => this.#keepOneStop());

  connectedCallback(): void {
    this.setAttribute('role', 'toolbar');
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('focusin', this.#onFocus);
    this.#observer.observe(this, { childList: true, subtree: true });
    this.#keepOneStop();
  }

  disconnectedCallback(): void {
    this.#observer.disconnect();
  }

  get #buttons(): HTMLButtonElement[] {
    return [...this.querySelectorAll('button')];
  }

  #keepOneStop(stop?: HTMLButtonElement): void {
    const buttons = this.#buttons;
    const current = stop ?? buttons.find((button) => button.tabIndex === 0) ?? buttons[0];
    for (const button of buttons) button.tabIndex = button === current ? 0 : -1;
  }

  readonly #onFocus = (event: FocusEvent): void => {
    if (event.target instanceof HTMLButtonElement) this.#keepOneStop(event.target);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const buttons = this.#buttons;
    const position = buttons.indexOf(event.target as HTMLButtonElement);
    const next = { ArrowRight: position + 1, ArrowLeft: position - 1, Home: 0, End: buttons.length - 1 }[
      event.key
    ];
    if (next === undefined || position < 0) return;
    event.preventDefault();
    buttons[(next + buttons.length) % buttons.length]?.focus();
  };
}

customElements.define('button-toolbar', ButtonToolbar);
