// `tokenTools/get`, `set` and `delete` [EXT-30 … EXT-61].
import type { Principal } from '../../core/index.js';
import type { PluginHost } from '../../plugin-kit/contract.js';
import { countPages, readPage } from '../../plugin-kit/paging.js';
import { optionalText, requireFields } from '../../plugin-kit/request-body.js';
import { type Caller, requireCaller, type RestAnswer, type RestCall, RestFault, type RestModule } from '../../plugin-kit/rest.js';
import { carryOut, type DraftToken, draftToken } from './issue.js';
import { anyoneTokensSetting, secureModeSetting, tokenLengthMinSetting } from './manifest.js';
import { revokeToken } from './revoke.js';
import { chooseOwner } from './token-owner.js';
import { asksForToken, readSwitchChanges, readTokenRequest, SET_PROPERTIES } from './token-request.js';
import type { ExtenderToken } from './token-row.js';
import { getUsage, isVisible } from './usage.js';
import { viewToken } from './token-view.js';
import type { TokenStore } from './tokens.js';

const MAX_RESULTS = 1000;

/** The REST surface, open to any logged-in user. */
export function createRestModule(host: PluginHost, tokens: TokenStore): RestModule {
  return {
    product: 'jira',
    path: '/rest/extender',
    versions: ['1.0', 'latest'],
    routes: [
      { method: 'GET', path: '/tokenTools/get', handle: (call) => getTokens(host, tokens, call) },
      { method: 'POST', path: '/tokenTools/set', handle: (call) => setToken(host, tokens, call) },
      { method: 'DELETE', path: '/tokenTools/delete', handle: (call) => deleteToken(host, tokens, call) },
      { method: 'GET', path: '/tokenTools/usage', handle: (call) => getUsage(host, tokens, call) },
    ],
    renderFault,
  };
}

async function getTokens(host: PluginHost, tokens: TokenStore, call: RestCall): Promise<RestAnswer> {
  const { principal } = requireCaller(call);
  const { startAt, maxResults } = readPage(call.query, MAX_RESULTS);
  const filter = { userKey: principal.isAdministrator ? null : principal.userKeys.jira };
  await host.settleUses();
  const total = await tokens.count(filter);
  const page = await tokens.list(filter, startAt, maxResults);
  const users = await host.directory.findManyByUserKey(page.flatMap(({ userKey }) => userKey ?? []));
  const isReadable = !host.setting(secureModeSetting);
  const views = page.map((token) => viewToken(token, users.get(token.userKey ?? '') ?? null, isReadable ? readValue(host, token) : null));
  return {
    status: 200,
    json: { total, pages: countPages(total, maxResults), maxResults, startAt, tokens: views, status: 'ok' },
    isSecret: isReadable,
  };
}

/** The value of a token made while secure mode was off. One that can no longer be decrypted is not shown; the list still is. */
function readValue(host: PluginHost, token: ExtenderToken): string | null {
  if (token.valueCipher === null) return null;
  try {
    return host.keys.decrypt('token-value', token.valueCipher, token.tokenRef);
  } catch {
    host.logger.warn({ tokenRef: token.tokenRef }, 'The value of a token cannot be decrypted: its key is gone, or the row was changed.');
    return null;
  }
}

async function setToken(host: PluginHost, tokens: TokenStore, call: RestCall): Promise<RestAnswer> {
  const caller = requireCaller(call);
  const fields = requireFields(await call.json(), SET_PROPERTIES);
  const changes = readSwitchChanges(fields, caller.principal);
  const planned = asksForToken(fields) ? await planToken(host, caller, fields) : null;
  await carryOut(host, tokens, planned?.draft ?? null, changes, actedBy(caller, call)).catch(async (error: unknown) => {
    // It tells that such a token exists [EXT-42].
    if (error instanceof RestFault && error.kind === 'token-taken') await host.noteGuess(caller.principal, call.request.clientAddress);
    throw error;
  });
  if (planned === null) return { status: 200, json: { status: 'ok' } };
  const { draft, owner } = planned;
  // Shown in secure mode too: nothing else will ever show it [EXT-43].
  return { status: 200, json: { status: 'ok', ...viewToken(draft.token, owner, draft.value) }, isSecret: true };
}

async function planToken(
  host: PluginHost,
  caller: Caller,
  fields: ReturnType<typeof requireFields>,
): Promise<{ draft: DraftToken; owner: Principal | null }> {
  if (caller.grant !== null && host.tokensMakeTokens === 'refuse') {
    throw new RestFault(403, 'A token may not be used to make another: log in with a password.');
  }
  const request = readTokenRequest(fields, host.setting(tokenLengthMinSetting));
  const owner = await chooseOwner(host.directory, caller.principal, request.userName, host.setting(anyoneTokensSetting));
  return { draft: draftToken(host, caller, owner, request, !host.setting(secureModeSetting)), owner };
}

async function deleteToken(host: PluginHost, tokens: TokenStore, call: RestCall): Promise<RestAnswer> {
  const caller = requireCaller(call);
  const fields = requireFields(await call.json(), ['token', 'id']);
  const value = optionalText(fields, 'token');
  const tokenRef = optionalText(fields, 'id');
  if (value === null && tokenRef === null) throw new RestFault(400, 'token or id is required.');
  const visible = (token: ExtenderToken | null): ExtenderToken | null => (isVisible(token, caller.principal) ? token : null);
  // What the caller may not see counts as not there, so that no answer tells the two apart [EXT-51].
  const named = [
    ...(value === null ? [] : [visible(await tokens.findByValue(value))]),
    ...(tokenRef === null ? [] : [visible(await tokens.findByRef(tokenRef))]),
  ];
  const [token, other = token] = named;
  if (token?.tokenRef !== other?.tokenRef) throw new RestFault(400, 'token and id do not name the same token.');
  const isDone = token !== null && token !== undefined && (await revokeToken(host, tokens, token, actedBy(caller, call)));
  if (!isDone) throw new RestFault(404, 'There is no such token.');
  return { status: 200, json: { status: 'ok' } };
}

function actedBy(caller: Caller, call: RestCall): { actor: Principal; clientAddress: string | null } {
  return { actor: caller.principal, clientAddress: call.request.clientAddress };
}

/** `{"status":"error"}` for everything but a missing login, where the framework's own body comes through [EXT-60]. */
function renderFault(fault: RestFault): RestAnswer {
  if (fault.status === 401) return { status: 401, json: { message: fault.message, 'status-code': 401 } };
  return { status: fault.status, json: { status: 'error', message: fault.message } };
}
