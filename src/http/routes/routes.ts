/** Every route there is. Requests are validated by it, and the OpenAPI document and `docs/http.md` are made from it. */
import type { Route } from '../route.ts';
import { drillRoutes } from './drill-routes.ts';
import { explainRoutes } from './explain-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { openApiRoute } from './open-api-route.ts';
import { queueRoutes } from './queue-routes.ts';
import { rampRoutes } from './ramp-routes.ts';
import { serviceRoutes } from './service-routes.ts';
import { workerCommandRoutes } from './worker-command-routes.ts';
import { workerRoutes } from './worker-routes.ts';

const described: readonly Route[] = [
  ...workerRoutes,
  ...workerCommandRoutes,
  ...jobRoutes,
  ...explainRoutes,
  ...queueRoutes,
  ...rampRoutes,
  ...drillRoutes,
  ...metricsRoutes,
  ...serviceRoutes,
];

export const routes: readonly Route[] = [...described, openApiRoute(described)];
