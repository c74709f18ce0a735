// Who sent a request: the socket's peer, or, behind trusted proxies, the last address they vouch for [GW-22].
import type { AddressSet } from '../core/index.js';
import { plainAddress } from './address.js';

/** What a request says about where it came from. */
export interface Origin {
  /** The address of the socket's peer. */
  readonly peer: string;
  /** The X-Forwarded-For lines as they came, in their order; none when there is no such header. */
  readonly forwardedFor: readonly string[];
  /** Proxies whose word is taken; null: nobody's. */
  readonly trustedProxies: AddressSet | null;
}

/** The client's plain address; null when it cannot be told, which denies. */
export function clientAddress(origin: Origin): string | null {
  return trustedChain(origin)[0] ?? null;
}

/**
 * The addresses that are vouched for, from the client to the peer: what a fresh X-Forwarded-For says. Walked from the right to the first
 * that is not a trusted proxy; what stands left of it is anybody's word. Empty when the client cannot be told.
 */
export function trustedChain({ peer, forwardedFor, trustedProxies }: Origin): readonly string[] {
  const nearest = plainAddress(peer);
  if (nearest === null) return [];
  // Nobody's word is asked for: nearly every request where clients come by themselves.
  if (trustedProxies?.includes(nearest) !== true) return [nearest];
  const outwards = [nearest];
  // Several lines are one list (RFC 9110 §5.3); an empty entry is an entry that nobody can read.
  const entries = forwardedFor.flatMap((line) => line.split(','));
  for (let sender = nearest; trustedProxies.includes(sender) && entries.length > 0; ) {
    const next = plainAddress(trimBlanks(entries.pop() ?? ''));
    if (next === null) return [];
    outwards.push(next);
    sender = next;
  }
  return outwards.reverse();
}

/** Optional white space around a list's entries is blanks and tabs alone (RFC 9110 §5.6.1). */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (text[start] === ' ' || text[start] === '\t') start++;
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--;
  return text.slice(start, end);
}
