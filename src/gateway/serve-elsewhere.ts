// The line of what is not `/rest/*`: Postern's own places come first, then, by setting, the product's pages, in nobody's name [GW-7, GW-8].
import { challenges } from '../authn/challenge.js';
import { type ErrorCode, ERROR_CODES, HostError, type Identity } from '../core/index.js';
import { answerError } from './answer.js';
import { dispatch } from './dispatch.js';
import { type Exchange, nodeExchange } from './exchange.js';
import type { Gateway } from './gateway.js';
import type { Normalised, Passage } from './normalise.js';

/** Nobody: whoever acts on the product's pages is the product's business, by its own session. */
const NOBODY: Identity = { kind: 'anonymous', because: 'no-credential', credentialDigest: null };

/** Serves, passes on or answers 404. Throws HostError when the client's address cannot be told. */
export async function serveElsewhere(exchange: Exchange, arrival: Exclude<Normalised, { place: 'rest' }>, gateway: Gateway): Promise<void> {
  if (arrival.place === 'elsewhere' && gateway.elsewhere(nodeExchange(exchange), arrival)) return; // ours, whatever the product has there
  if (arrival.passage === null) return answer(exchange, 'request.not-found'); // no product lies there, or the setting is off
  await passThrough(exchange, arrival.passage, gateway);
}

async function passThrough(exchange: Exchange, { request, hasCredential }: Passage, gateway: Gateway): Promise<void> {
  if (request.clientAddress === null) throw new HostError('policy.address-unknown'); // as on /rest/*: addresses matter to this site
  if (hasCredential) return refuseCredential(exchange, { request }, gateway); // whatever it is, and nobody is asked: 401
  const outcome = await dispatch(exchange, request, NOBODY, 'upstream', gateway); // headers, streaming and redirects as ever; no identity header
  gateway.notePassed(request.product, outcome);
}

function refuseCredential(exchange: Exchange, { request }: Pick<Passage, 'request'>, { authentication, trail }: Gateway): void {
  trail.noteMalformed({ peer: request.peer, code: 'authn.elsewhere', at: request.receivedAt });
  answer(exchange, 'authn.elsewhere', { 'WWW-Authenticate': challenges(authentication.schemes(request.product), NOBODY) });
}

function answer(exchange: Exchange, code: ErrorCode, headers: Readonly<Record<string, readonly string[]>> = {}): void {
  answerError(exchange, { code, publicText: ERROR_CODES[code].publicText }, headers);
}
