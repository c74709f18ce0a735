// Tokens of the whole organization with their owners, found page by page, and by a part of a text [CLD-8].
import { LIMITS, type Principal } from '../../core/index.js';
import type { OwnerConditions, SqlCondition } from '../../plugin-kit/contract.js';
import { foldText } from '../../plugin-kit/fold-text.js';
import { containsPattern } from '../../plugin-kit/like-pattern.js';
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
  // One more than is shown tells whether there are more.
  const found = await desk.tokens.listFrom(order, from, pageSize + 1, fitting(desk.host.owners, text));
  const shown = found.slice(0, pageSize);
  const tokens = await withOwners(desk, from?.towards === 'prev' ? shown.toReversed() : shown);
  return { tokens, hasMore: found.length > pageSize };
}

export function countTokens({ tokens, host }: Desk, text: string): Promise<number> {
  const condition = fitting(host.owners, text);
  return condition === null ? tokens.count() : tokens.countFitting(condition);
}

/** Every token in an order; no more of them at once than a page may hold. */
export async function* everyToken({ tokens }: Desk, order: TokenOrder): AsyncGenerator<ApiToken, void, undefined> {
  for (let from: From = null; ; ) {
    const page: readonly ApiToken[] = await tokens.listFrom(order, from, LIMITS.pageMax);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < LIMITS.pageMax) return;
    from = { ...positionOf(last, order), towards: 'next' };
  }
}

async function withOwners({ host }: Desk, tokens: readonly ApiToken[]): Promise<readonly OwnedToken[]> {
  const owners = await host.directory.findManyByUserKey([...new Set(tokens.map(({ userKey }) => userKey))]);
  return tokens.map((token) => ({ token, owner: owners.get(token.userKey) ?? null }));
}

/**
 * Letters without case; the text as it stands, no pattern. Looked for in what the list shows: the label, the owner's name and address, and
 * for a user who is gone the name that the token remembers. null: every token.
 */
export function fitting(owners: OwnerConditions, text: string): SqlCondition | null {
  if (text === '') return null;
  const pattern = containsPattern(foldText(text));
  const [ofOwner, ofNobody] = [owners.contains('user_key', text), owners.isGone('cloud_api_token.user_key')];
  return {
    sql: `lower_label LIKE ? ESCAPE '!' OR ${ofOwner.sql} OR (lower_username LIKE ? ESCAPE '!' AND ${ofNobody.sql})`,
    values: [pattern, ...ofOwner.values, pattern, ...ofNobody.values],
  };
}
