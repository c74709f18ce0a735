// The middleware: one request of an Express app through the gateway's own line.
import type { IncomingMessage } from 'node:http';
import type { NextFunction, RequestHandler } from 'express';
import { enter } from '../gateway/entry.js';
import type { LineNeeds } from '../server/line.js';
import { ownLine, type Place } from './own-line.js';
import { userOf } from './user.js';

interface Arrival {
  /** What Express has taken off the path: where the middleware is mounted. */
  readonly mount: string;
  readonly next: NextFunction;
}

/** Guards what stands behind it. */
export function protect(needs: LineNeeds, place: Place): RequestHandler {
  // Beside the request, never on it: nothing that arrives can forge an entry here.
  const arrivals = new WeakMap<IncomingMessage, Arrival>();
  const gateway = ownLine(needs, place, {
    serve({ incoming }, { target }, caller) {
      const arrival = arrivals.get(incoming);
      if (arrival === undefined) throw new Error('A request reached the application without passing the middleware.');
      const { mount, next } = arrival;
      if (!target.startsWith(mount)) throw new Error('The canonical path does not lie where the middleware is mounted.');
      // What was judged is what the routes see, in its canonical form [GW-1].
      incoming.url = target.slice(mount.length) || '/';
      Object.assign(incoming, { user: caller === null ? undefined : userOf(caller.principal, caller.grant) });
      next();
    },
  });
  return (request, response, next) => {
    const { url, baseUrl } = request;
    arrivals.set(request, { mount: baseUrl, next });
    // What the routes would see, with what Express has taken off: a middleware before this one may have changed it.
    request.url = baseUrl + url;
    void enter({ incoming: request, outgoing: response }, gateway);
    // The line has read it by now.
    request.url = url;
  };
}
