/**
 * How an operation is carried out for a face, whichever way its request came: checked, done, audited. It is answered when its line
 * of the audit log is written, so that a supervisor that is killed then has not kept it to itself.
 */
import { checkParameters } from './check-parameters.ts';
import { auditEntry, IS_AUDITED } from './audit-entry.ts';
import type { OperationContext } from './context.ts';
import { operations, type ServedMethod } from './operations.ts';

/** `face`: the name that the client gave itself. Throws ControlError or StoreError when it is refused. */
export async function perform(
  method: ServedMethod,
  parameters: unknown,
  face: string,
  context: OperationContext,
): Promise<unknown> {
  const given = parameters ?? {};
  checkParameters(method, given);
  // A dry run only looks.
  const isLook = !IS_AUDITED[method] || (given as { dryRun?: unknown }).dryRun === true;
  if (isLook) return operations[method](given as never, context);
  try {
    const result = await operations[method](given as never, context);
    await context.audit.record(auditEntry(face, method, given, { result }));
    return result;
  } catch (error) {
    await context.audit.record(auditEntry(face, method, given, { error }));
    throw error;
  }
}
