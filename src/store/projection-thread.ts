/** Entry of the projection thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../core/clock.ts';
import { diskFileSystem } from './file-system.ts';
import type { ProjectionThreadData } from './projection-messages.ts';
import { serveProjection } from './projection-service.ts';
import { loadSqlEngine } from './sql-engine.ts';

const { folder } = workerData as ProjectionThreadData;
const engine = await loadSqlEngine();
serveProjection({ port: parentPort!, engine, folder, files: diskFileSystem, clock: systemClock });
