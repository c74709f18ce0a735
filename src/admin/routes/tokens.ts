// `/api/v1/tokens`: every token of every system, for administrators. Which systems there are, this knows from what is registered alone.
import { type Clock, type Instant, LIMITS, type UserDirectory } from '../../core/index.js';
import { readPage } from '../../plugin-kit/paging.js';
import { type RestAnswer, type RestCall, RestFault, type Route } from '../../plugin-kit/rest.js';
import { requireFields } from '../../plugin-kit/request-body.js';
import type { TokenList } from '../../store/token-registry.js';
import type { RevokedAnswer, TokenDetail, TokenPage } from '../api-types.js';
import { requireAdministrator } from '../require-caller.js';
import { readTokenQuery } from '../token-query.js';
import { showToken, type TokenSystems } from '../token-view.js';
import { readTokenRef } from './my-tokens.js';

export interface TokenRoutesNeeds {
  readonly directory: Pick<UserDirectory, 'findByUsername' | 'findManyByUserKey'>;
  readonly registry: Pick<TokenList, 'list' | 'find' | 'lastUse'>;
  readonly tokenSystems: TokenSystems;
  readonly clock: Clock;
  /** Resolves when every use that was answered is counted. */
  settleUses(): Promise<void>;
}

/** The routes of all tokens. */
export function tokenRoutes(needs: TokenRoutesNeeds): readonly Route[] {
  return [
    { method: 'GET', path: '/tokens', handle: (call) => listTokens(needs, call) },
    { method: 'POST', path: '/tokens/revoke', handle: (call) => revokeTokens(needs, call) },
    { method: 'GET', path: '/tokens/:system', handle: (call) => detailToken(needs, call) },
    { method: 'DELETE', path: '/tokens/:system', handle: (call) => revokeToken(needs, call) },
  ];
}

async function listTokens(needs: TokenRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const { startAt, maxResults } = readPage(call.query, LIMITS.pageMax);
  const { filter, order } = await readTokenQuery(call.query, needs.directory);
  await needs.settleUses();
  const { total, tokens } = await needs.registry.list({ startAt, limit: maxResults }, filter, order);
  const owners = await needs.directory.findManyByUserKey(tokens.flatMap(({ owner }) => owner ?? []));
  const now = needs.clock.now();
  const shownTokens = tokens.map((token) => showToken(token, owners.get(token.owner ?? '')?.username ?? null, needs.tokenSystems, now));
  return { status: 200, json: { total, startAt, maxResults, tokens: shownTokens } satisfies TokenPage };
}

/** One token with its last use and the last addresses it was used from. */
async function detailToken(needs: TokenRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const { system = '' } = call.parameters;
  const tokenRef = readTokenRef(call.query);
  await needs.settleUses();
  const [token, lastUse] = await Promise.all([needs.registry.find(system, tokenRef), needs.registry.lastUse(system, tokenRef)]);
  if (token === null) throw new RestFault(404, 'There is no such token.', { kind: 'unknown-token' });
  const owners = await needs.directory.findManyByUserKey(token.owner === null ? [] : [token.owner]);
  const detail: TokenDetail = {
    ...showToken(token, owners.get(token.owner ?? '')?.username ?? null, needs.tokenSystems, needs.clock.now()),
    lastUse: lastUse === null ? null : { at: isoText(lastUse.usedAt), clientAddress: lastUse.clientAddress, userAgent: lastUse.userAgent },
    lastAddresses: (lastUse?.addresses ?? []).map(({ address, lastUsedAt, userAgent, count }) => ({
      address,
      lastUsedAt: isoText(lastUsedAt),
      userAgent,
      useCount: count,
    })),
  };
  return { status: 200, json: detail };
}

async function revokeToken({ tokenSystems }: TokenRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  const { principal } = requireAdministrator(call.caller);
  const { system = '' } = call.parameters;
  const tokenRef = readTokenRef(call.query);
  const isDone = await tokenSystems.get(system)?.tokens.revoke(tokenRef, principal, call.request.clientAddress);
  if (isDone !== true) throw new RestFault(404, 'There is no such token.', { kind: 'unknown-token' });
  return { status: 204 };
}

/** Ends several, one after the other: each is an act of its own, recorded before it is done. A page asks again for the rest. */
async function revokeTokens({ tokenSystems }: TokenRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  const { principal } = requireAdministrator(call.caller);
  const named = readTokens(requireFields(await call.json(), ['tokens'])['tokens']);
  let revoked = 0;
  for (const { system, tokenRef } of named) {
    if ((await tokenSystems.get(system)?.tokens.revoke(tokenRef, principal, call.request.clientAddress)) === true) revoked += 1;
  }
  return { status: 200, json: { revoked, missing: named.length - revoked } satisfies RevokedAnswer };
}

function readTokens(value: unknown): readonly { readonly system: string; readonly tokenRef: string }[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > LIMITS.revokedAtOnceMax) {
    throw new RestFault(400, `tokens must be a list of 1 to ${LIMITS.revokedAtOnceMax} objects with system and tokenRef.`);
  }
  return value.map((item: unknown) => {
    const { system, tokenRef } = requireFields(item, ['system', 'tokenRef']);
    if (typeof system === 'string' && typeof tokenRef === 'string') return { system, tokenRef };
    throw new RestFault(400, 'Each of tokens must have system and tokenRef, as the list shows them.');
  });
}

function isoText(at: Instant): string {
  return new Date(at).toISOString();
}
