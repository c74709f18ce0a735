// How much has passed outside `/rest/*`: counted, and told in the log. It is not recorded one by one: nobody's token was used, no decision was
// taken, and a page with its hundred files would drown the decisions in the trail [GW-8, AUD-1].
import { type Clock, LIMITS, type Logger, type Product } from '../core/index.js';
import type { Gateway } from '../gateway/gateway.js';
import type { Closing } from './closing.js';

interface Tally {
  count: number;
  /** Those that were not answered by the product, or not to their end. */
  failed: number;
  bytesIn: number;
  bytesOut: number;
}

/** Counts by product; a line a minute while anything passes, and one at the end. */
export function passTally({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }, closing: Closing): Gateway['notePassed'] {
  const tallies = new Map<Product, Tally>();
  const tell = (): void => {
    for (const [product, tally] of tallies) logger.info({ product, ...tally }, 'Requests passed outside /rest');
    tallies.clear();
  };
  const stop = clock.every(LIMITS.passTallyMs, tell, (error) => logger.error({ error }, 'What passed could not be told'));
  closing.add(async () => {
    stop();
    tell();
  });
  return (product, { kind, bytesIn, bytesOut }) => {
    const tally = tallies.get(product) ?? { count: 0, failed: 0, bytesIn: 0, bytesOut: 0 };
    tallies.set(product, tally);
    tally.count += 1;
    if (kind !== 'forwarded') tally.failed += 1;
    tally.bytesIn += bytesIn;
    tally.bytesOut += bytesOut;
  };
}
