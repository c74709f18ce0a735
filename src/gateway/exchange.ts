// One request and its answer, as node:http hands them over, and nothing attached to either.
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** Whether the client has left already: what has been closed tells nobody of it a second time. */
export function isGone({ outgoing }: Exchange): boolean {
  return outgoing.destroyed || outgoing.closed;
}
