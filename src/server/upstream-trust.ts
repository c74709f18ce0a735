// Whose certificates the products are verified by: the file of authorities, read again when it changes, for every upstream at once [GW-43].
import { environmentName } from '../config/environment-name.js';
import type { Settings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import { type Clock, LIMITS, type Logger } from '../core/index.js';
import { type Asking, openAsking, openUpstream, type Upstream, type UpstreamTimeouts } from '../gateway/upstream.js';
import { keepFresh } from './kept-fresh.js';
import { readAuthorities } from './pem-files.js';

export interface OpenedTrust {
  /** Opens an upstream that is verified by the authorities in force, now and later. */
  open(origin: URL, timeouts: UpstreamTimeouts): Upstream;
  /** The same for questions of our own. */
  openAsking(origin: URL, timeouts: UpstreamTimeouts): Asking;
  /** Looks at the file now; null where there is none. */
  readonly look: (() => Promise<void>) | null;
  close(): void;
}

/** Reads the file that `upstream.ca` names. Throws StartError when it cannot be used. */
export async function openTrust({ settings, clock, logger }: { settings: Settings; clock: Clock; logger: Logger }): Promise<OpenedTrust> {
  const opened: Pick<Upstream, 'trust'>[] = [];
  const file = settings.get(S.upstreamCa);
  const authorities =
    file === null
      ? null
      : await keepFresh({
          what: 'The file of the upstream’s authorities',
          setting: environmentName(S.upstreamCa.name),
          read: () => readAuthorities(file),
          apply: (ca) => opened.forEach((each) => each.trust(ca)),
          clock,
          logger,
        });
  const remember = <T extends Pick<Upstream, 'trust'>>(each: T): T => {
    opened.push(each);
    return each;
  };
  const trustFor = (origin: URL) => ({ ca: authorities?.current ?? null, onUntrusted: warnSometimes(origin, clock, logger) });
  return {
    open: (origin, timeouts) => remember(openUpstream(origin, timeouts, trustFor(origin), clock)),
    openAsking: (origin, timeouts) => remember(openAsking(origin, timeouts, trustFor(origin))),
    look: authorities === null ? null : () => authorities.look(),
    close: () => authorities?.close(),
  };
}

/** Every request would say the same. */
function warnSometimes({ origin }: URL, clock: Clock, logger: Logger): (reason: string) => void {
  let quietUntil = 0;
  return (reason) => {
    if (clock.now() < quietUntil) return;
    quietUntil = clock.now() + LIMITS.untrustedUpstreamWarningMs;
    logger.warn({ upstream: origin, reason }, 'The certificate of an upstream is not to be trusted; its requests are answered with 502');
  };
}
