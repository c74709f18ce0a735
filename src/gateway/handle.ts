// The line itself. Read it top to bottom: this is the product.
import { decide } from '../policy/index.js';
import { dispatch } from './dispatch.js';
import type { Exchange } from './exchange.js';
import type { Gateway } from './gateway.js';
import { normalise } from './normalise.js';
import { refuse } from './refuse.js';

/** Carries one request from the socket to the upstream. Throws HostError for what is not one plain request (4xx) and when it cannot be recorded (503). */
export async function handle(exchange: Exchange, gateway: Gateway): Promise<void> {
  const arrival = normalise(exchange.incoming, gateway.site); // one canonical target, or 400
  if (arrival.place === 'elsewhere') return gateway.elsewhere(exchange, arrival); // the control plane, or 404
  const { request, authorization } = arrival;
  const identity = await gateway.authentication.authenticate(request, authorization); // a fact; `unknown` if nobody could find out
  const destination = gateway.ownResources.owns(request.product, request.path) ? 'own' : 'upstream';
  const decision = decide(request, identity, null, gateway.policy, { destination, now: gateway.clock.now() }); // pure; deny unless permitted
  const entry = await gateway.trail.open(request, identity, decision, gateway.systems.marks(identity)); // durable before anything happens, or 503
  gateway.systems.used(identity);
  const outcome =
    decision.effect === 'permit'
      ? await dispatch(exchange, request, identity, gateway) // a plugin's REST module, or the upstream
      : refuse(exchange, request, identity, decision, gateway); // 401 with every challenge, or 403
  entry.close(outcome);
}
