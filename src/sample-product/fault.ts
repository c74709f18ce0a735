// What the sample product throws when it cannot answer as asked; each product renders it in its own shape [PRD-6].

/** A failure with a status and the texts for the client. */
export class SampleFault extends Error {
  readonly status: number;
  /** Texts about a single field each, by the field's name: Jira's `errors`. */
  readonly errors: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  /** `message` may be empty where `errors` says it all. */
  constructor(status: number, message: string, options: { errors?: Record<string, string>; headers?: Record<string, string> } = {}) {
    super(message);
    this.name = 'SampleFault';
    this.status = status;
    this.errors = options.errors ?? {};
    this.headers = options.headers ?? {};
  }
}

/** Jira's words for a resource that wants a login [PRD-2]. */
export const NOT_AUTHENTICATED = 'You are not authenticated. Authentication required to perform this operation.';
