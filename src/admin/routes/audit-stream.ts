// `GET /api/v1/audit/stream`: the live end of the trail as Server-Sent Events, for the page and whoever else follows it [AUD-23]; `postern audit
// tail` reads the files. As many clients as are allowed, and a client that reads too slowly is told how many records it did not get, rather than kept in memory.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Router } from 'express';
import type { AuditRecord } from '../../audit/contract.js';
import type { TailListener } from '../../audit/tail.js';
import { type Cancel, type Clock, ERROR_CODES, LIMITS, type Secret } from '../../core/index.js';
import { RestFault } from '../../plugin-kit/rest.js';
import { readAuditQuery } from '../audit-query.js';
import type { Sessions } from '../../store/sessions.js';
import type { ArrivedRequest } from '../plugin-router.js';
import { requireAdministrator } from '../require-caller.js';

const PATH = '/api/v1/audit/stream';

/** What arrived, and by which session; null: by a password of its own. */
export interface SignedInRequest extends ArrivedRequest {
  readonly session: Secret | null;
}

export interface AuditStreamNeeds {
  readonly auditTail: { listen(listener: TailListener): Cancel };
  readonly directory: { onChange(listener: (userId: number) => void): void };
  readonly clock: Clock;
  readonly sessions: Pick<Sessions, 'lasts' | 'onEnd'>;
  callerOf(message: IncomingMessage): SignedInRequest;
  /** Takes what ends all streams: they would hold the end of the process up. */
  readonly atEnd: (close: () => void) => void;
}

interface Stream {
  readonly userId: number;
  readonly session: Secret | null;
  end(): void;
}

/** The router of the stream; every other path goes on. */
export function auditStream(needs: AuditStreamNeeds): Router {
  const streams = new Set<Stream>();
  const endWhere = (holds: (stream: Stream) => boolean): void => {
    for (const stream of [...streams].filter(holds)) stream.end();
  };
  // A session that could not be asked about counts as ended: the page comes again.
  const checkSession = async (stream: Stream): Promise<void> => {
    if (stream.session === null) return;
    if (!(await needs.sessions.lasts(stream.session).catch(() => false))) stream.end();
  };
  let isOver = false;
  // Whoever may not read the trail any more does not go on reading it; whoever still may comes again.
  needs.directory.onChange((userId) => endWhere((stream) => stream.userId === userId));
  needs.sessions.onEnd(() => void Promise.all([...streams].map(checkSession)));
  needs.atEnd(() => {
    isOver = true;
    endWhere(() => true);
  });
  const router = Router();
  router.use((message, response, next) => {
    const { caller, request, session } = needs.callerOf(message);
    if (request.path !== PATH) return next();
    if (request.method !== 'GET') {
      throw new RestFault(405, ERROR_CODES['request.method-not-allowed'].publicText, { headers: { Allow: 'GET' } });
    }
    const { principal } = requireAdministrator(caller);
    const query = readAuditQuery(new URLSearchParams(request.query ?? ''));
    if (isOver || streams.size >= LIMITS.auditTailsMax) {
      throw new RestFault(503, `As many as ${LIMITS.auditTailsMax} clients follow the trail already: try again later.`, {
        kind: 'audit-tails',
      });
    }
    const stopFollowing = follow(response, needs, (record) => query.matches(record));
    // What is told between the end and the close of the connection must not be written any more.
    const stop = (): void => {
      stopChecks();
      stopFollowing();
    };
    const end = (): void => {
      stop();
      response.end();
    };
    const stream: Stream = { userId: principal.userId, session, end };
    streams.add(stream);
    // At once, should it have ended on the way here; then from time to time: it ends by itself too, and on other nodes.
    void checkSession(stream);
    const stopChecks = needs.clock.every(
      LIMITS.auditTailBeatMs,
      () => checkSession(stream),
      () => undefined,
    );
    response.once('close', () => {
      streams.delete(stream);
      stop();
    });
  });
  return router;
}

/** Writes what is told until the answer is closed; returns what stops it. */
function follow(response: ServerResponse, { auditTail, clock }: AuditStreamNeeds, matches: (record: AuditRecord) => boolean): () => void {
  // Proxies that gather answers are asked not to.
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  response.write(':\n\n');
  let dropped = 0;
  const write = (event: string, json: unknown): void => void response.write(`event: ${event}\ndata: ${JSON.stringify(json)}\n\n`);
  const isBehind = (): boolean => response.writableLength > LIMITS.auditTailBytesMax;
  const tellDropped = (): void => {
    if (dropped === 0 || isBehind()) return;
    write('dropped', { count: dropped });
    dropped = 0;
  };
  const stopListening = auditTail.listen((event, record) => {
    if (!matches(record)) return;
    tellDropped();
    if (isBehind()) dropped += 1;
    else write(event, record);
  });
  const beat = (): void => {
    tellDropped();
    if (!isBehind()) response.write(':\n\n');
  };
  const stopBeat = clock.every(LIMITS.auditTailBeatMs, beat, () => undefined);
  response.on('drain', tellDropped);
  return () => {
    stopListening();
    stopBeat();
    response.off('drain', tellDropped);
  };
}
