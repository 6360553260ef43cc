/** The HTML frame of the dashboard. What is in it is drawn by `webview/dashboard.ts`. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/**
 * Nothing but our own files: no inline script or style, no network. Element styles that depend on data are set by the
 * page through the CSS object model, which this policy allows.
 */
export function dashboardPage(webview: vscode.Webview, distribution: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const resource = (...path: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(distribution, ...path)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${resource('codicons', 'codicon.css')}" />
    <link rel="stylesheet" href="${resource('dashboard.css')}" />
    <title>Nightcrew</title>
  </head>
  <body>
    <crew-dashboard></crew-dashboard>
    <script type="module" nonce="${nonce}" src="${resource('dashboard.js')}"></script>
  </body>
</html>`;
}
