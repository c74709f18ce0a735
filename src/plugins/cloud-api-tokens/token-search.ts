// Tokens of the whole organization with their owners, found page by page [CLD-8].
import { LIMITS, type Principal } from '../../core/index.js';
import type { Desk } from './desk.js';
import { type From, positionOf, type TokenOrder } from './token-order.js';
import type { TokenQuery } from './token-query.js';
import type { ApiToken } from './token-row.js';

/** A token and whose it is; null for a user who is gone. */
export interface OwnedToken {
  readonly token: ApiToken;
  readonly owner: Principal | null;
}

export interface FoundPage {
  readonly tokens: readonly OwnedToken[];
  /** Whether there are more in the direction that was asked for. */
  readonly hasMore: boolean;
}

/** One page in the list's own order, whichever way it was read. */
export async function findPage(desk: Desk, { order, from, pageSize, text }: TokenQuery): Promise<FoundPage> {
  const found: OwnedToken[] = [];
  // One more than is shown tells whether there are more.
  const chunk = text === '' ? pageSize + 1 : LIMITS.pageMax;
  for await (const owned of walk(desk, order, from, chunk)) {
    if (matches(owned, text)) found.push(owned);
    if (found.length > pageSize) break;
  }
  const tokens = found.slice(0, pageSize);
  return { tokens: from?.towards === 'prev' ? tokens.toReversed() : tokens, hasMore: found.length > pageSize };
}

export async function countTokens(desk: Desk, text: string): Promise<number> {
  if (text === '') return desk.tokens.count();
  let total = 0;
  for await (const owned of walk(desk, { field: 'createdAt', isDescending: false }, null, LIMITS.pageMax))
    if (matches(owned, text)) total += 1;
  return total;
}

/** Every token from a position on, in the direction of reading, each with its owner; `chunk` rows are read at once. */
export async function* walk(desk: Desk, order: TokenOrder, from: From, chunk: number): AsyncGenerator<OwnedToken, void, undefined> {
  const towards = from?.towards ?? 'next';
  for (let place = from; ; ) {
    const tokens = await desk.tokens.listFrom(order, place, chunk);
    const owners = await desk.host.directory.findManyByUserKey([...new Set(tokens.map(({ userKey }) => userKey))]);
    for (const token of tokens) yield { token, owner: owners.get(token.userKey) ?? null };
    const last = tokens.at(-1);
    if (last === undefined || tokens.length < chunk) return;
    place = { ...positionOf(last, order), towards };
  }
}

/** Letters without case; the text as it stands, no pattern. */
function matches({ token, owner }: OwnedToken, text: string): boolean {
  const wanted = text.toLowerCase();
  return [token.label, owner?.displayName ?? token.username, owner?.emailAddress ?? ''].some((part) => part.toLowerCase().includes(wanted));
}
