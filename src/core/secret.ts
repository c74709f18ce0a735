// A text that must not be seen again. It prints itself as [redacted] wherever something prints it by accident [AUD-11].
import { inspect } from 'node:util';

/** Holds a secret text; only `reveal()` gives it out, so every use can be found by name. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Never log, store or put it into an error. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}
