// `/api/v1/organization-keys` for administrators [CLD-3], `/api/v1/cloud-api-tokens` for every user's own [CLD-9]. The control plane takes
// passwords alone, so no token and no key ever makes another here [GW-26].
import { LIMITS } from '../../core/index.js';
import { type Caller, requireCaller, type RestAnswer, type RestCall, RestFault, type Route } from '../../plugin-kit/rest.js';
import { actedBy, type Desk } from './desk.js';
import { endKey, issueKey } from './issue-key.js';
import { endToken, issueToken } from './issue-token.js';
import type { OrganizationKey } from './key-row.js';
import { readKeyRequest, readTokenRequest } from './requests.js';
import type { ApiToken } from './token-row.js';
import { showToken } from './token-view.js';

export function createApiRoutes(desk: Desk): readonly Route[] {
  return [
    { method: 'GET', path: '/organization-keys', handle: (call) => listKeys(desk, call) },
    { method: 'POST', path: '/organization-keys', handle: (call) => createKey(desk, call) },
    { method: 'DELETE', path: '/organization-keys/:id', handle: (call) => revokeKey(desk, call) },
    { method: 'GET', path: '/cloud-api-tokens', handle: (call) => listOwn(desk, call) },
    { method: 'POST', path: '/cloud-api-tokens', handle: (call) => createOwn(desk, call) },
    { method: 'DELETE', path: '/cloud-api-tokens/:id', handle: (call) => deleteOwn(desk, call) },
  ];
}

async function listKeys({ host, keys }: Desk, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call);
  await host.settleUses();
  const all: OrganizationKey[] = [];
  for (let page = await keys.list(0, LIMITS.pageMax); page.length > 0; page = await keys.list(all.length, LIMITS.pageMax))
    all.push(...page);
  return { status: 200, json: all.map(showKey) };
}

async function createKey(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const caller = requireAdministrator(call);
  const request = readKeyRequest(await call.json(), desk.host.clock.now());
  const { key, value } = await issueKey(desk, caller.principal, request, actedBy(caller, call));
  const { tokenRef, label, createdAt, expiresAt, scopes } = key;
  return {
    status: 201,
    json: { id: tokenRef, label, key: value, createdAt: timeOrNull(createdAt), expiresAt: timeOrNull(expiresAt), scopes },
    isSecret: true,
  };
}

/** Any administrator ends any key. */
async function revokeKey(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const caller = requireAdministrator(call);
  const key = await desk.keys.find(call.parameters['id'] ?? '');
  const isDone = key !== null && (await endKey(desk, key, actedBy(caller, call)));
  if (!isDone) throw new RestFault(404, 'There is no such key.');
  return { status: 204 };
}

async function listOwn({ host, tokens }: Desk, call: RestCall): Promise<RestAnswer> {
  const { principal } = requireCaller(call);
  await host.settleUses();
  const own = await tokens.listOf(principal.accountId);
  return { status: 200, json: own.map(showOwn) };
}

async function createOwn(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const caller = requireCaller(call);
  const request = readTokenRequest(await call.json(), desk.host.clock.now());
  const { token, value } = await issueToken(desk, caller.principal, request, actedBy(caller, call));
  return { status: 201, json: { ...showOwn(token), token: value }, isSecret: true };
}

async function deleteOwn(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const caller = requireCaller(call);
  const token = await desk.tokens.find(call.parameters['id'] ?? '');
  const isDone = token?.accountId === caller.principal.accountId && (await endToken(desk, token, actedBy(caller, call)));
  if (!isDone) throw new RestFault(404, 'There is no such token.');
  return { status: 204 };
}

function requireAdministrator(call: RestCall): Caller {
  const caller = requireCaller(call);
  if (!caller.principal.isAdministrator) throw new RestFault(403, 'Only administrators may do this.');
  return caller;
}

/** As the cloud shows it, and what it is limited to. Only an active user logs in here. */
function showOwn(token: Omit<ApiToken, 'id'>): object {
  const [limits] = token.limits;
  return { ...showToken(token, true), limitTo: limits?.limitTo ?? '', ip: limits?.ip ?? '' };
}

function showKey({ tokenRef, label, username, createdAt, expiresAt, lastUsedAt, scopes }: OrganizationKey): object {
  return {
    id: tokenRef,
    label,
    createdBy: username,
    createdAt: timeOrNull(createdAt),
    expiresAt: timeOrNull(expiresAt),
    lastUsedAt: timeOrNull(lastUsedAt),
    scopes,
  };
}

function timeOrNull(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
