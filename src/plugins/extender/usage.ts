// `tokenTools/usage`: the calls made with one token, for administrators and for its user; an extension of ours [EXT-46].
import type { Principal } from '../../core/index.js';
import type { PluginHost } from '../../plugin-kit/contract.js';
import { countPages, readPage } from '../../plugin-kit/paging.js';
import { requireCaller, type RestAnswer, type RestCall, RestFault } from '../../plugin-kit/rest.js';
import type { ExtenderToken } from './token-row.js';
import type { TokenStore } from './tokens.js';

const MAX_RESULTS = 1000;

/** One page of a token's calls, newest first, paged as `get` is. A token that the caller may not see counts as not there [EXT-51]. */
export async function getUsage(host: PluginHost, tokens: TokenStore, call: RestCall): Promise<RestAnswer> {
  const { principal } = requireCaller(call);
  const { startAt, maxResults } = readPage(call.query, MAX_RESULTS);
  const [id, ...more] = call.query.getAll('id');
  if (id === undefined || more.length > 0) throw new RestFault(400, 'id must be there once, in the query.');
  const token = await tokens.findByRef(id);
  if (token === null || !isVisible(token, principal)) throw new RestFault(404, 'There is no such token.');
  const { total, calls } = await host.usageDetails(token.tokenRef, { startAt, limit: maxResults });
  const usage = calls.map(({ at, method, path, status, clientAddress, userAgent, rule }) => ({
    time: at,
    method,
    path,
    status,
    ip: clientAddress,
    userAgent,
    rule,
  }));
  return { status: 200, json: { total, pages: countPages(total, maxResults), maxResults, startAt, id, usage, status: 'ok' } };
}

/** Administrators see every token, others the tokens whose user they are [EXT-30, EXT-51]. */
export function isVisible(token: ExtenderToken | null, principal: Principal): boolean {
  return token !== null && (principal.isAdministrator || token.userKey === principal.userKeys.jira);
}
