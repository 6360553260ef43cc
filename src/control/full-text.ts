/** What is wrong and what to do about it, in a row: of a trouble, a notice or an error. */
export function fullText({ message, nextStep }: { message: string; nextStep?: string | undefined }): string {
  return nextStep === undefined ? message : `${message} ${nextStep}`;
}
