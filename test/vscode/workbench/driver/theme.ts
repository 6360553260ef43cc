/** Colour themes, switched by the setting as a user does. */
import type { WorkbenchWindow } from '../page.ts';

/** Each with the setting's value and the class that VS Code puts on the workbench, and on the body of webviews. */
export const themes = {
  dark: { setting: 'Dark Modern', className: 'vs-dark' },
  light: { setting: 'Light Modern', className: 'vs' },
  highContrast: { setting: 'Default High Contrast', className: 'hc-black' },
  highContrastLight: { setting: 'Default High Contrast Light', className: 'hc-light' },
} as const;

export type Theme = keyof typeof themes;

/** Switches all windows of the server, and waits until this one shows the theme. */
export async function showTheme(window: WorkbenchWindow, theme: Theme): Promise<void> {
  const { setting, className } = themes[theme];
  await window.server.updateSettings({ 'workbench.colorTheme': setting });
  await window.page.locator(`.monaco-workbench.${className}`).waitFor({ timeout: 20_000 });
}
