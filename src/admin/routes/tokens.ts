// `/api/v1/tokens`: every token of every system, for administrators. Which systems there are, this knows from what is registered alone.
import { type Instant, LIMITS, type UserDirectory } from '../../core/index.js';
import type { TokenAdministration } from '../../plugin-kit/contract.js';
import { readPage } from '../../plugin-kit/paging.js';
import { type RestAnswer, type RestCall, RestFault, type Route } from '../../plugin-kit/rest.js';
import type { RegisteredToken, TokenFilter, TokenList } from '../../store/token-registry.js';
import type { ListedToken, TokenDetail } from '../api-types.js';
import { requireAdministrator } from '../require-caller.js';

export interface TokenRoutesNeeds {
  readonly directory: Pick<UserDirectory, 'findByUsername' | 'findManyByUserKey'>;
  readonly registry: Pick<TokenList, 'list' | 'find' | 'lastUse'>;
  /** By the system's key. */
  readonly tokenSystems: ReadonlyMap<string, { readonly tokens: Pick<TokenAdministration, 'revoke'> }>;
  /** Resolves when every use that was answered is counted. */
  settleUses(): Promise<void>;
}

/** The routes of all tokens. */
export function tokenRoutes(needs: TokenRoutesNeeds): readonly Route[] {
  return [
    { method: 'GET', path: '/tokens', handle: (call) => listTokens(needs, call) },
    { method: 'GET', path: '/tokens/:system', handle: (call) => showToken(needs, call) },
    { method: 'DELETE', path: '/tokens/:system', handle: (call) => revokeToken(needs, call) },
  ];
}

async function listTokens(needs: TokenRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const { startAt, maxResults } = readPage(call.query, LIMITS.pageMax);
  const filter = await readFilter(needs, call.query);
  await needs.settleUses();
  const { total, tokens } = await needs.registry.list({ startAt, limit: maxResults }, filter);
  const owners = await needs.directory.findManyByUserKey(tokens.flatMap(({ owner }) => owner ?? []));
  const shownTokens = tokens.map((token) => shown(token, owners.get(token.owner ?? '')?.username ?? null));
  return { status: 200, json: { total, startAt, maxResults, tokens: shownTokens } };
}

/** One token with its last use and the last addresses it was used from. */
async function showToken(needs: TokenRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const { system = '' } = call.parameters;
  const tokenRef = readTokenRef(call);
  await needs.settleUses();
  const [token, lastUse] = await Promise.all([needs.registry.find(system, tokenRef), needs.registry.lastUse(system, tokenRef)]);
  if (token === null) throw new RestFault(404, 'There is no such token.', { kind: 'unknown-token' });
  const owners = await needs.directory.findManyByUserKey(token.owner === null ? [] : [token.owner]);
  const detail: TokenDetail = {
    ...shown(token, owners.get(token.owner ?? '')?.username ?? null),
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

/** In the query: a reference may hold a slash, and a path with an encoded one is refused [GW-2]. */
function readTokenRef(call: RestCall): string {
  const [tokenRef, ...more] = call.query.getAll('tokenRef');
  if (tokenRef === undefined || more.length > 0) throw new RestFault(400, 'tokenRef must be there once, in the query.');
  return tokenRef;
}

async function revokeToken({ tokenSystems }: TokenRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  const { principal } = requireAdministrator(call.caller);
  const { system = '' } = call.parameters;
  const tokenRef = readTokenRef(call);
  const isDone = await tokenSystems.get(system)?.tokens.revoke(tokenRef, principal, call.request.clientAddress);
  if (isDone !== true) throw new RestFault(404, 'There is no such token.', { kind: 'unknown-token' });
  return { status: 204 };
}

/** `owner`: a user name, or one user key, such as a deleted user's, whose tokens stay listed [DIR-7]. */
async function readFilter({ directory }: TokenRoutesNeeds, query: URLSearchParams): Promise<TokenFilter> {
  const system = query.get('system');
  const owner = query.get('owner');
  const user = owner === null ? null : await directory.findByUsername(owner);
  const { jira, confluence } = user?.userKeys ?? {};
  return {
    ...(system === null ? {} : { system }),
    ...(jira !== undefined && confluence !== undefined ? { owners: [jira, confluence] } : owner === null ? {} : { owner }),
  };
}

function shown(token: RegisteredToken, owner: string | null): ListedToken {
  return {
    system: token.system,
    tokenRef: token.tokenRef,
    product: token.product,
    label: token.label,
    owner,
    ownerKey: token.owner,
    createdAt: instantText(token.createdAt),
    expiresAt: instantText(token.expiresAt),
    lastUsedAt: instantText(token.lastUsedAt),
    useCount: token.useCount,
    hasLimits: token.hasLimits,
  };
}

function instantText(at: Instant | null): string | null {
  return at === null ? null : isoText(at);
}

function isoText(at: Instant): string {
  return new Date(at).toISOString();
}
