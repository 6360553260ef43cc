/** The theme variables of VS Code that the dashboard uses, as three of its built-in themes set them. */

export type ThemeName = 'dark' | 'light' | 'high-contrast';

interface Theme {
  /** The class VS Code gives the body of a webview. */
  bodyClass: string;
  variables: Record<string, string>;
}

const FONTS = {
  'font-family': '"Segoe WPC", "Segoe UI", "Ubuntu", "Liberation Sans", sans-serif',
  'font-size': '13px',
  'editor-font-family': '"Liberation Mono", monospace',
  'editor-font-size': '12px',
};

export const THEMES: Record<ThemeName, Theme> = {
  dark: {
    bodyClass: 'vscode-dark',
    variables: {
      ...FONTS,
      foreground: '#cccccc',
      descriptionForeground: '#9d9d9d',
      disabledForeground: 'rgba(204, 204, 204, 0.5)',
      errorForeground: '#f85149',
      focusBorder: '#0078d4',
      'icon-foreground': '#cccccc',
      'editor-background': '#1f1f1f',
      'sideBar-background': '#181818',
      'editorWidget-background': '#202020',
      'input-background': '#313131',
      'input-foreground': '#cccccc',
      'input-border': '#3c3c3c',
      'input-placeholderForeground': '#989898',
      'button-background': '#0078d4',
      'button-foreground': '#ffffff',
      'button-hoverBackground': '#026ec1',
      'button-border': 'rgba(255, 255, 255, 0.07)',
      'button-secondaryBackground': '#313131',
      'button-secondaryForeground': '#cccccc',
      'button-secondaryHoverBackground': '#3c3c3c',
      'toolbar-hoverBackground': 'rgba(90, 93, 94, 0.31)',
      'list-hoverBackground': '#2a2d2e',
      'list-inactiveSelectionBackground': '#37373d',
      'textLink-foreground': '#4daafc',
      'textLink-activeForeground': '#4daafc',
      'textCodeBlock-background': '#2b2b2b',
      'progressBar-background': '#0078d4',
      'charts-green': '#89d185',
      'charts-blue': '#59a4f9',
      'charts-yellow': '#cca700',
      'charts-orange': '#d18616',
      'charts-red': '#f14c4c',
    },
  },
  light: {
    bodyClass: 'vscode-light',
    variables: {
      ...FONTS,
      foreground: '#3b3b3b',
      descriptionForeground: '#3b3b3b',
      disabledForeground: 'rgba(97, 97, 97, 0.5)',
      errorForeground: '#f85149',
      focusBorder: '#005fb8',
      'icon-foreground': '#3b3b3b',
      'editor-background': '#ffffff',
      'sideBar-background': '#f8f8f8',
      'editorWidget-background': '#f8f8f8',
      'input-background': '#ffffff',
      'input-foreground': '#3b3b3b',
      'input-border': '#cecece',
      'input-placeholderForeground': '#767676',
      'button-background': '#005fb8',
      'button-foreground': '#ffffff',
      'button-hoverBackground': '#0258a8',
      'button-border': 'rgba(0, 0, 0, 0.1)',
      'button-secondaryBackground': '#e5e5e5',
      'button-secondaryForeground': '#3b3b3b',
      'button-secondaryHoverBackground': '#cccccc',
      'toolbar-hoverBackground': 'rgba(184, 184, 184, 0.31)',
      'list-hoverBackground': '#f2f2f2',
      'list-inactiveSelectionBackground': '#e4e6f1',
      'textLink-foreground': '#005fb8',
      'textLink-activeForeground': '#005fb8',
      'textCodeBlock-background': '#f8f8f8',
      'progressBar-background': '#005fb8',
      'charts-green': '#388a34',
      'charts-blue': '#0063d3',
      'charts-yellow': '#bf8803',
      'charts-orange': '#d18616',
      'charts-red': '#e51400',
    },
  },
  'high-contrast': {
    bodyClass: 'vscode-high-contrast',
    variables: {
      ...FONTS,
      foreground: '#ffffff',
      descriptionForeground: 'rgba(255, 255, 255, 0.7)',
      disabledForeground: '#a5a5a5',
      errorForeground: '#f48771',
      contrastBorder: '#6fc3df',
      focusBorder: '#f38518',
      'icon-foreground': '#ffffff',
      'editor-background': '#000000',
      'sideBar-background': '#000000',
      'editorWidget-background': '#0c141f',
      'input-background': '#000000',
      'input-foreground': '#ffffff',
      'input-border': '#6fc3df',
      'input-placeholderForeground': 'rgba(255, 255, 255, 0.7)',
      'button-background': '#000000',
      'button-foreground': '#ffffff',
      'button-border': '#6fc3df',
      'button-secondaryForeground': '#ffffff',
      'textLink-foreground': '#21a6ff',
      'textLink-activeForeground': '#21a6ff',
      'textCodeBlock-background': '#000000',
      'progressBar-background': '#6fc3df',
      'charts-green': '#89d185',
      'charts-blue': '#59a4f9',
      'charts-yellow': '#cca700',
      'charts-orange': '#d18616',
      'charts-red': '#f48771',
    },
  },
};

/** A style sheet that sets them. */
export function themeStyleSheet(theme: ThemeName): string {
  const lines = Object.entries(THEMES[theme].variables).map(
    ([name, value]) => `  --vscode-${name}: ${value};`,
  );
  return `:root {\n${lines.join('\n')}\n}\n`;
}
