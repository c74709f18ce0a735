// `GET /api/v1/my/tokens/{system}/calls`: what one's own token was used for, call by call [EXT-46]. Administrators have its timeline in the
// audit log; here another's token is not there, whoever asks.
import { LIMITS } from '../../core/index.js';
import type { UsageDetails } from '../../plugin-kit/contract.js';
import { readPage } from '../../plugin-kit/paging.js';
import { requireCaller, type RestAnswer, type RestCall, type Route } from '../../plugin-kit/rest.js';
import type { TokenCallAnswer, TokenCallPage } from '../api-types.js';
import { showToken } from '../token-view.js';
import { type MyTokenRoutesNeeds, requireOwnToken } from './my-tokens.js';

export interface TokenCallRoutesNeeds extends Pick<MyTokenRoutesNeeds, 'registry' | 'tokenSystems' | 'settleUses' | 'clock'> {
  /** Of a token of whatever system, newest first, everything that was answered by now included. */
  usageDetails(tokenRef: string, page: { readonly startAt: number; readonly limit: number }): Promise<UsageDetails>;
}

/** The route. */
export function tokenCallRoutes(needs: TokenCallRoutesNeeds): readonly Route[] {
  return [{ method: 'GET', path: '/my/tokens/:system/calls', handle: (call) => listCalls(needs, call) }];
}

async function listCalls(needs: TokenCallRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  const { principal } = requireCaller(call);
  const { startAt, maxResults } = readPage(call.query, LIMITS.pageMax);
  await needs.settleUses();
  const token = await requireOwnToken(needs.registry, call);
  const collecting = needs.tokenSystems.get(token.system)?.collecting() ?? 'never';
  // Nothing is asked about a system that marks no call: there is nothing of it to find.
  const { total, calls } =
    collecting === 'never' ? { total: 0, calls: [] } : await needs.usageDetails(token.tokenRef, { startAt, limit: maxResults });
  const answer: TokenCallPage = {
    token: showToken(token, principal.username, needs.tokenSystems, needs.clock.now()),
    collecting,
    total,
    startAt,
    maxResults,
    calls: calls.map(showCall),
  };
  return { status: 200, json: answer };
}

function showCall({
  at,
  method,
  path,
  status,
  isPermitted,
  clientAddress,
  userAgent,
  rule,
}: UsageDetails['calls'][number]): TokenCallAnswer {
  const decision = isPermitted ? 'permit' : 'deny';
  return { time: new Date(at).toISOString(), method, path, status, decision, clientAddress, userAgent, rule };
}
