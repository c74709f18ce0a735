// Failures of the control plane as its clients see them: a status and `{"message","status-code"}`, nothing of what went wrong inside.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { challenges } from '../authn/challenge.js';
import { ERROR_CODES, HostError, type Logger } from '../core/index.js';
import { type RestAnswer, RestFault } from '../plugin-kit/rest.js';
import { writeAnswer } from './write-answer.js';

// A password is all that opens the control plane, so Basic is the only challenge [GW-12, GW-14] …
const CHALLENGE = challenges(['basic'], { kind: 'anonymous', because: 'no-credential', credentialDigest: null });
// … but for our own pages, over which a browser would put its own dialogue: RFC 9110 §11.6.1 wants a challenge, and no browser knows this one.
const PAGE_CHALLENGE = ['Session realm="Postern"'];

/** The challenges for whoever sent the request: the browser says where it was made. */
export function challengesFor(message: IncomingMessage): readonly string[] {
  return message.headers['sec-fetch-site'] === 'same-origin' ? PAGE_CHALLENGE : CHALLENGE;
}

/** The answer for every failure on `/api/v1`; a 401 gets its challenges from whoever writes it. */
export function renderFault(fault: RestFault): RestAnswer {
  return { status: fault.status, json: { message: fault.message, 'status-code': fault.status }, headers: fault.headers };
}

/** Answers with the failure, where the connection still takes an answer: an export that failed half-way was cut by its pipeline. */
export function answerFault(request: IncomingMessage, response: ServerResponse, error: unknown, logger: Logger): void {
  const fault = toFault(error);
  if (fault.status >= 500) logger.error({ kind: fault.kind, method: request.method, stack: stackOf(error) }, 'the control plane failed');
  if (fault.status === 401) response.setHeader('WWW-Authenticate', [...challengesFor(request)]);
  writeAnswer(request, response, renderFault(fault));
}

function toFault(error: unknown): RestFault {
  if (error instanceof RestFault) return error;
  if (error instanceof HostError) {
    const headers: Record<string, string> = error.code === 'authn.denied' ? { 'X-Seraph-LoginReason': 'AUTHENTICATION_DENIED' } : {};
    return new RestFault(error.status, error.publicText, { kind: error.code, headers });
  }
  return new RestFault(500, ERROR_CODES['platform.unexpected'].publicText, { kind: 'platform.unexpected' });
}

// Stacks alone: a driver's error also carries the parameters of its statement.
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\ncaused by ${stackOf(error.cause)}`;
}
