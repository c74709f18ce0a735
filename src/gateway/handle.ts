// The line itself. Read it top to bottom: this is the product.
import { decide } from '../policy/index.js';
import { dispatch } from './dispatch.js';
import type { Exchange } from './exchange.js';
import type { Gateway } from './gateway.js';
import { readJudgedBody } from './judged-body.js';
import { normalise } from './normalise.js';
import { refuse } from './refuse.js';
import { serveElsewhere } from './serve-elsewhere.js';

/** Carries one request from the socket to the upstream. Throws HostError for what is not one plain request (4xx) and when it cannot be recorded (503). */
export async function handle(exchange: Exchange, gateway: Gateway): Promise<void> {
  const arrival = normalise(exchange.incoming, gateway.site); // one canonical target, or 400
  if (arrival.place !== 'rest') return serveElsewhere(exchange, arrival, gateway); // the control plane, by setting the product's pages, or 404
  const { request, authorization } = arrival;
  const told = gateway.authentication.authenticate(request, authorization);
  const first = told instanceof Promise ? await told : told; // a fact; `unknown` if nobody could find out
  const read = readJudgedBody(exchange, request, first, gateway);
  const judged = read === null ? null : await read; // null, unless a rule of the token asks about the body
  const identity = judged === null ? first : await gateway.authentication.authenticate(request, authorization); // a body takes its time: is the token still there?
  const destination = gateway.ownResources.owns(request.product, request.path) ? 'own' : 'upstream';
  const decision = decide(request, identity, judged, gateway.policy, { destination, now: gateway.clock.now() }); // pure; deny unless permitted
  const entry = await gateway.trail.open(request, identity, decision, gateway.systems.marks(identity)); // durable before anything happens, or 503
  gateway.systems.used(identity);
  const outcome =
    decision.effect === 'permit'
      ? await dispatch(exchange, request, identity, destination, gateway) // a plugin's REST module, or the upstream
      : refuse(exchange, request, identity, decision, gateway); // 401 with every challenge, or 403
  entry.close(outcome);
}
