// `/api/v1/tokens`: every token of every system, for administrators. Which systems there are, this knows from what is registered alone.
import { type Clock, LIMITS, type UserDirectory } from '../../core/index.js';
import { readPage } from '../../plugin-kit/paging.js';
import { type RestAnswer, type RestCall, RestFault, type Route } from '../../plugin-kit/rest.js';
import type { TokenFilter, TokenList } from '../../store/token-registry.js';
import { requireAdministrator } from '../require-caller.js';
import { showToken, type TokenSystems } from '../token-view.js';
import { readTokenRef } from './my-tokens.js';

export interface TokenRoutesNeeds {
  readonly directory: Pick<UserDirectory, 'findByUsername' | 'findManyByUserKey'>;
  readonly registry: Pick<TokenList, 'list'>;
  readonly tokenSystems: TokenSystems;
  readonly clock: Clock;
  /** Resolves when every use that was answered is counted. */
  settleUses(): Promise<void>;
}

/** The routes of all tokens. */
export function tokenRoutes(needs: TokenRoutesNeeds): readonly Route[] {
  return [
    { method: 'GET', path: '/tokens', handle: (call) => listTokens(needs, call) },
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
  const now = needs.clock.now();
  const shownTokens = tokens.map((token) => showToken(token, owners.get(token.owner ?? '')?.username ?? null, needs.tokenSystems, now));
  return { status: 200, json: { total, startAt, maxResults, tokens: shownTokens } };
}

async function revokeToken({ tokenSystems }: TokenRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  const { principal } = requireAdministrator(call.caller);
  const { system = '' } = call.parameters;
  const tokenRef = readTokenRef(call.query);
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
