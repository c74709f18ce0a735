// Step three: the body, where a rule of the token asks about it. It is read into memory before the decision, within bounds, and put back
// into the request, so that whoever serves it reads exactly what was judged, in the framing it came in [EXT-15].
import type { IncomingMessage } from 'node:http';
import {
  type BodyFault,
  type CanonicalRequest,
  type Clock,
  foldHeaderName,
  type Identity,
  type JudgedBody,
  LIMITS,
} from '../core/index.js';
import { type Judged, needsJudgedBody } from '../policy/index.js';
import { sendContinue } from './answer.js';
import { type Exchange, type NodeExchange, nodeExchange } from './exchange.js';
import { headerPairs } from './header-list.js';
import { announcesBody } from './request-body.js';
import { connectionNames } from './upstream-headers.js';

/** What the reading of bodies needs of the gateway. */
export interface JudgedBodyNeeds {
  readonly clock: Clock;
  /** Bodies in memory because of a rule, from their first byte to the end of the exchange [GW-52]. */
  readonly judging: { count: number };
}

/** The body, a fault that denies, or null at once where no rule asks about it or there is none. Never rejects. */
export function readJudgedBody(
  exchange: Exchange,
  request: CanonicalRequest,
  identity: Identity,
  needs: JudgedBodyNeeds,
): Promise<Judged> | null {
  if (!announcesBody(exchange.incoming) || !needsJudgedBody(request, identity, needs.clock.now())) return null;
  return readBody(nodeExchange(exchange), request, needs);
}

async function readBody(exchange: NodeExchange, request: CanonicalRequest, { clock, judging }: JudgedBodyNeeds): Promise<Judged> {
  const { incoming, outgoing } = exchange;
  if (incoming.readableDidRead) return { fault: 'policy.body-consumed' };
  if (outgoing.closed || outgoing.destroyed) return { fault: 'request.aborted' };
  if (Number(incoming.headers['content-length'] ?? 0) > LIMITS.judgedBodyBytesMax) return { fault: 'request.body-too-large' };
  if (judging.count >= LIMITS.judgedBodiesMax) return { fault: 'policy.overloaded' };
  judging.count += 1;
  outgoing.once('close', () => {
    judging.count -= 1;
    // A body that nobody took would be kept as long as its connection.
    incoming.resume();
  });
  // The decision needs the body, so here alone 100 comes before it [GW-40].
  if (request.expectsContinue) sendContinue(exchange);
  const read = await collect(incoming, clock);
  return 'fault' in read ? read : { bytes: read, ...describe(incoming.rawHeaders) };
}

function collect(incoming: IncomingMessage, clock: Clock): Promise<Buffer | BodyFault> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (outcome: Buffer | BodyFault): void => {
      cancelTimeout();
      incoming.off('readable', take).off('end', finish).off('close', abandon);
      resolve(outcome);
    };
    const finish = (): void => {
      const bytes = Buffer.concat(chunks, size);
      settle(bytes);
      // Its end has been seen and not been told yet: now it can still be put back.
      if (size > 0) incoming.unshift(bytes);
    };
    const take = (): void => {
      for (let chunk = incoming.read() as Buffer | null; chunk !== null; chunk = incoming.read() as Buffer | null) {
        size += chunk.length;
        if (size > LIMITS.judgedBodyBytesMax) return settle({ fault: 'request.body-too-large' });
        chunks.push(chunk);
      }
      if (incoming.complete) finish();
    };
    const abandon = (): void => settle({ fault: 'request.aborted' });
    const cancelTimeout = clock.after(LIMITS.bodyTimeoutMs, () => settle({ fault: 'request.timeout' }));
    incoming.on('readable', take).on('end', finish).on('close', abandon);
  });
}

/**
 * What the upstream will be told of the body. A type that is said twice, in a spelling that only some fold, or by a field that `Connection`
 * takes away, is none: two readers could differ.
 */
function describe(rawHeaders: readonly string[]): Pick<JudgedBody, 'contentType' | 'contentEncoding'> {
  const fields = headerPairs(rawHeaders);
  const types = fields.filter(([name]) => foldHeaderName(name) === 'content-type');
  const encodings = fields.filter(([name]) => foldHeaderName(name) === 'content-encoding').map(([, value]) => value);
  const [name, contentType] = types[0] ?? ['', ''];
  const isPlain = types.length === 1 && name.toLowerCase() === 'content-type' && !connectionNames(rawHeaders).has('content-type');
  return { contentType: isPlain ? contentType : null, contentEncoding: encodings.length === 0 ? null : encodings.join(', ') };
}
