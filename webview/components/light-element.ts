import { LitElement } from 'lit';

/**
 * A component without a shadow root: the page is one small document, and so its style sheets, the codicon font and VS
 * Code's own theme classes reach everything.
 */
export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
