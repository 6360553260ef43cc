/** Next steps that several explanations name. */
import type { NextStep } from './explanation.ts';
import type { JobId } from './job.ts';
import type { WorkerId } from './worker.ts';

/** Behind `start …`, where there is no room. */
export const ALL_THE_SAME = 'all the same: the machine may become slow, or the system may end workers';

export function showJobStep(id: JobId, text: string): NextStep {
  return { text, cli: `nightcrew job ${id}`, command: { name: 'showJob', on: { job: id } } };
}

export function requeueStepOf(id: JobId, text: string): NextStep {
  return { text, cli: `nightcrew requeue ${id}`, command: { name: 'requeueJob', on: { job: id } } };
}

export function explainJobStep(id: JobId, text: string): NextStep {
  return { text, cli: `nightcrew explain ${id}`, command: { name: 'explainJob', on: { job: id } } };
}

export function explainWorkerStep(id: WorkerId, text = `Look at ${id}`): NextStep {
  return { text, cli: `nightcrew explain ${id}`, command: { name: 'explainWorker', on: { worker: id } } };
}

export function continueStep(id: WorkerId): NextStep {
  return {
    text: `Let ${id} go on`,
    cli: `nightcrew continue ${id}`,
    command: { name: 'continueWorker', on: { worker: id } },
  };
}

export function logStep(worker: WorkerId): NextStep {
  return {
    text: `Look into the log of ${worker}`,
    cli: `nightcrew logs ${worker}`,
    command: { name: 'showWorkerLog', on: { worker } },
  };
}

export function restartStep(worker: WorkerId, text = `Start ${worker} again`): NextStep {
  return {
    text,
    cli: `nightcrew restart ${worker}`,
    command: { name: 'restartWorker', on: { worker } },
  };
}

export function addStep(pool: string, text = `Start a worker in pool ${pool}`): NextStep {
  return { text, cli: `nightcrew add ${pool}`, command: { name: 'addWorker', on: { pool } } };
}

export function upStep(pool: string): NextStep {
  return {
    text: 'Start the workers that nightcrew.yaml asks for',
    cli: `nightcrew up ${pool}`,
    command: { name: 'startCrew' },
  };
}

export function crewFileStep(text: string): NextStep {
  return { text, command: { name: 'openCrewFile' } };
}
