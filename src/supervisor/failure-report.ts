/** What whoever started a supervisor is told when it cannot start. */
import { ControlError, ControlErrorCode, type ControlErrorData } from '../control/control-error.ts';
import type { StartReport } from '../control/start-supervisor.ts';
import { diskNextStep } from '../store/disk-error.ts';
import { StoreError } from '../store/store-error.ts';

export function failureReport(error: unknown): StartReport {
  if (error instanceof ControlError) {
    return {
      started: false,
      code: error.code,
      message: error.message,
      data: data(error.nextStep, error.place),
    };
  }
  if (error instanceof StoreError) {
    const { message, nextStep, file } = error;
    return { started: false, code: ControlErrorCode.storage, message, data: data(nextStep, file) };
  }
  const diskStep = diskNextStep(error);
  if (diskStep !== undefined) {
    const { message, path } = error as NodeJS.ErrnoException;
    return { started: false, code: ControlErrorCode.storage, message, data: data(diskStep, path) };
  }
  const nextStep = 'Look at .nightcrew/logs/supervisor.log.';
  return {
    started: false,
    code: ControlErrorCode.internal,
    message: (error as Error).message,
    data: { nextStep },
  };
}

function data(nextStep: string | undefined, place: string | undefined): ControlErrorData {
  return { ...(nextStep ? { nextStep } : {}), ...(place ? { place } : {}) };
}
