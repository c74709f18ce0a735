/** Postern cannot start, and says what to do about it. Printed as it is; never with a stack. */
export class StartError extends Error {
  /** One line: what the operator does next. */
  readonly nextStep: string;

  constructor(message: string, nextStep: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StartError';
    this.nextStep = nextStep;
  }
}
