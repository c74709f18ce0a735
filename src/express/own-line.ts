// The gateway's line before somebody's own application: the same steps, and the application where an upstream would be.
import type { UpstreamProduct } from '../core/index.js';
import type { Gateway } from '../gateway/gateway.js';
import { createLine, type LineNeeds } from '../server/line.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';

/** Where the application's routes lie. */
export interface Place {
  readonly product: UpstreamProduct;
  readonly contextPath: string;
}

/** The gateway's parts for one product. */
export function ownLine(needs: LineNeeds, place: Place, application: NonNullable<Gateway['application']>): Gateway {
  const { settings } = needs;
  return createLine(needs, {
    contexts: [place],
    upstreams: new Map(),
    application,
    outbound: {
      // Nothing is forwarded, so nothing is told to anybody.
      identity: { mode: 'per-user', find: async () => null },
      identityHeaders: new Set(),
      cookies: settings.get(S.cookies),
      anonymous: settings.get(S.anonymous),
      challenges: settings.get(S.upstreamChallenges),
      baseOrigin: settings.get(S.baseUrl)?.origin ?? null,
    },
    // Fail closed: a path that no token can open is not handed on as if it had been judged [GW-7].
    elsewhere: () => false,
    passThrough: false,
    notePassed: () => undefined,
  });
}
