// `{baseurl}/rest/api-tokens/latest` [WOM-10 … WOM-17].
import type { Instant, Principal } from '../../core/index.js';
import { requireCaller, type RestAnswer, type RestCall, RestFault, type RestModule } from '../../plugin-kit/rest.js';
import { actedBy, type Desk, endToken, issueToken } from './issue.js';
import { readTokenRequest } from './token-request.js';
import type { WombatsToken } from './token-row.js';

/** The REST surface of one installation. `/all` stands before `/:id`: no token has that id. */
export function createRestModule(desk: Desk): RestModule {
  return {
    product: desk.profile.product,
    path: '/rest/api-tokens',
    versions: ['latest', '1.0'],
    routes: [
      { method: 'GET', path: '/', handle: (call) => listOwn(desk, call) },
      { method: 'POST', path: '/', handle: (call) => create(desk, call) },
      { method: 'GET', path: '/all', handle: (call) => listAll(desk, call) },
      { method: 'DELETE', path: '/all', handle: (call) => deleteOwn(desk, call) },
      { method: 'DELETE', path: '/:id', handle: (call) => deleteOne(desk, call) },
    ],
    renderFault: (fault) => ({ status: fault.status, json: { message: fault.message, 'status-code': fault.status } }),
  };
}

async function listOwn({ host, profile, tokens }: Desk, call: RestCall): Promise<RestAnswer> {
  const { principal } = requireCaller(call);
  await host.settleUses();
  const own = await tokens.listOf(principal.userKeys[profile.product]);
  // Exactly these keys, in the seed's order [WOM-10].
  return {
    status: 200,
    json: own.map(({ label, createdAt, lastAccessed, tokenRef }) => ({ label, createdAt, lastAccessed, id: tokenRef })),
  };
}

async function create(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const caller = requireCaller(call);
  const request = readTokenRequest(await call.json(), desk.host.clock.now());
  const { value: passwordValue } = await issueToken(desk, caller, request, actedBy(caller, call.request.clientAddress));
  return { status: 200, json: { passwordValue }, isSecret: true };
}

async function deleteOne(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const caller = requireCaller(call);
  const token = await desk.tokens.find(call.parameters['id'] ?? '');
  const isTheirs = token !== null && (caller.principal.isAdministrator || isOwner(desk, token, caller.principal));
  const isDone = isTheirs && (await endToken(desk, token, actedBy(caller, call.request.clientAddress)));
  if (!isDone) throw new RestFault(404, 'There is no such token.');
  return { status: 204 };
}

function isOwner({ profile }: Desk, token: WombatsToken, principal: Principal): boolean {
  return token.userKey === principal.userKeys[profile.product];
}

/** The caller's own tokens, also for an administrator [WOM-13]. */
async function deleteOwn(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const caller = requireCaller(call);
  const by = actedBy(caller, call.request.clientAddress);
  for (const token of await desk.tokens.listOf(caller.principal.userKeys[desk.profile.product])) await endToken(desk, token, by);
  return { status: 204 };
}

async function listAll({ host, tokens }: Desk, call: RestCall): Promise<RestAnswer> {
  const { principal } = requireCaller(call);
  if (!principal.isAdministrator) throw new RestFault(403, 'Only administrators may see the tokens of all users.');
  await host.settleUses();
  const all = await tokens.listAll(0, null);
  const users = await host.directory.findManyByUserKey([...new Set(all.map(({ userKey }) => userKey))]);
  const byUser = new Map<string, { username: string; tokens: object[] }>();
  for (const token of all) {
    const entry = byUser.get(token.userKey) ?? { username: users.get(token.userKey)?.username ?? token.username, tokens: [] };
    entry.tokens.push(viewForAdministrators(token));
    byUser.set(token.userKey, entry);
  }
  const entries = [...byUser.values()].sort((left, right) => (left.username < right.username ? -1 : 1));
  return { status: 200, json: entries.map((entry) => ({ username: entry.username, count: entry.tokens.length, tokens: entry.tokens })) };
}

function viewForAdministrators({ id, label, usageCount, createdAt, lastAccessed, expirationDate }: WombatsToken): object {
  return {
    id,
    label,
    usageCount,
    createdAt: localTime(createdAt),
    lastAccessed: localTime(lastAccessed),
    expirationDate: localTime(expirationDate),
  };
}

/** `2024-06-03T17:13:59.304`: without a zone, UTC; null where there is none [WOM-14]. */
function localTime(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString().replace('Z', '');
}
