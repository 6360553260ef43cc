/**
 * What a crew file is called; it stands at the top of the workspace folder. Said again here because `src/core/crew-file.ts`
 * brings the YAML parser with it, which the extension host need not load.
 */
export const CREW_FILE_NAME = 'nightcrew.yaml';
