/** esbuild gathers the style sheets that modules import into `dist/dashboard.css`. */
declare module '*.css';
