// `/rest/pat`: everybody's own tokens, and what administrators do with those of others [PAT-20 … PAT-30].
import type { RestCall, RestAnswer, RestModule } from '../../plugin-kit/rest.js';
import { requireCaller, RestFault } from '../../plugin-kit/rest.js';
import { LIMITS } from '../../core/index.js';
import { bulkRevoke, findUsers, search } from './admin-rest.js';
import type { Desk } from './desk.js';
import { renderFault } from './fault.js';
import { issueToken, mayIssue } from './issue.js';
import { endToken } from './revoke.js';
import type { By } from './token-act.js';
import { readTokenRequest } from './token-request.js';
import type { PersonalToken } from './token-row.js';
import { profileOf } from './profile.js';
import { viewNewToken, viewToken } from './token-view.js';

/** The REST surface of one installation. There is no PUT and no PATCH [PAT-26]. */
export function createRestModule(desk: Desk): RestModule {
  return {
    product: desk.profile.product,
    path: '/rest/pat',
    versions: ['latest', '1.0'],
    routes: [
      { method: 'GET', path: '/tokens', handle: (call) => listTokens(desk, call) },
      { method: 'POST', path: '/tokens', handle: (call) => createToken(desk, call) },
      { method: 'POST', path: '/tokens/search', handle: (call) => search(desk, call) },
      { method: 'GET', path: '/tokens/search/user', handle: (call) => findUsers(desk, call) },
      { method: 'GET', path: '/tokens/:id', handle: (call) => getToken(desk, call) },
      { method: 'DELETE', path: '/tokens/:id', handle: (call) => deleteToken(desk, call) },
      { method: 'DELETE', path: '/admin/tokens', handle: (call) => bulkRevoke(desk, call) },
    ],
    renderFault,
  };
}

async function listTokens({ host, profile, tokens }: Desk, call: RestCall): Promise<RestAnswer> {
  const { principal } = requireCaller(call);
  await host.settleUses();
  const own = await tokens.listOf(principal.userKeys[profile.product], 0, LIMITS.tokensPerUserMax);
  return { status: 200, json: own.map(viewToken) };
}

async function createToken(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const caller = requireCaller(call);
  mayIssue(desk, caller);
  const userKey = caller.principal.userKeys[desk.profile.product];
  const request = await readTokenRequest(desk.host, await call.json(), () => desk.tokens.countOf(userKey));
  const { token, rawToken } = await issueToken(desk, caller, request, actedBy(call));
  return { status: 201, json: viewNewToken(token, rawToken), isSecret: true };
}

async function getToken(desk: Desk, call: RestCall): Promise<RestAnswer> {
  requireCaller(call);
  await desk.host.settleUses();
  const token = await findVisible(desk, call);
  if (token === null) throw new RestFault(404, 'There is no such token.');
  return { status: 200, json: viewToken(token) };
}

/** 204 also when there is none [PAT-25]. */
async function deleteToken(desk: Desk, call: RestCall): Promise<RestAnswer> {
  requireCaller(call);
  const token = await findVisible(desk, call);
  if (token !== null) await endToken(desk, token, actedBy(call), 'revoked');
  return { status: 204 };
}

/** The token of this number in this product; null when there is none. Throws RestFault 401 for somebody else's [PAT-24]. */
async function findVisible({ profile, tokens }: Desk, call: RestCall): Promise<PersonalToken | null> {
  const { principal } = requireCaller(call);
  const text = call.parameters['id'] ?? '';
  if (!/^\d{1,15}$/.test(text)) throw new RestFault(404, 'There is no such token.');
  const token = await tokens.find(Number(text));
  if (token === null || profileOf(token.userKey) !== profile) return null;
  if (token.userKey === principal.userKeys[profile.product] || principal.isAdministrator) return token;
  throw new RestFault(401, 'This token belongs to another user.');
}

function actedBy(call: RestCall): By {
  return { actor: requireCaller(call).principal, clientAddress: call.request.clientAddress };
}
