// What was opened is closed in the opposite order, each once, and one that fails does not keep the others open.

type Step = () => void | Promise<void>;

/** A list of what to take down. */
export class Closing {
  readonly #steps: Step[] = [];
  #running: Promise<void> | null = null;

  /** Adds a step; the last added runs first. */
  add(step: Step): void {
    this.#steps.push(step);
  }

  /** Adds a step that runs right after the `count` steps added last. */
  addAfter(step: Step, count: number): void {
    this.#steps.splice(Math.max(0, this.#steps.length - count), 0, step);
  }

  /** Runs every step. Rejects with the first error, after all have run. */
  run(): Promise<void> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const step of this.#steps.reverse()) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
