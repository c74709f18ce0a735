// `/users/{account_id}/manage`: one managed account's tokens [CLD-1, CLD-2, CLD-4, CLD-7].
import { requireCaller, type RestAnswer, type RestCall, RestFault, type RestModule } from '../../plugin-kit/rest.js';
import { actedBy, type Desk } from './desk.js';
import { renderFault } from './fault.js';
import { endToken } from './issue-token.js';
import { requireOrganizationKey, requireUnscoped } from './organization-key-caller.js';
import { showToken } from './token-view.js';

/** What an organization key may do with an account here. */
const PRIVILEGES = ['apiToken.read', 'apiToken.delete'];

export function createAccountModule(desk: Desk): RestModule {
  return {
    product: 'cloud',
    path: '/users',
    versions: [],
    rendersRefusals: true,
    routes: [
      { method: 'GET', path: '/:accountId/manage', handle: (call) => tellPrivileges(desk, call) },
      { method: 'GET', path: '/:accountId/manage/api-tokens', handle: (call) => listTokens(desk, call) },
      { method: 'DELETE', path: '/:accountId/manage/api-tokens/:tokenId', handle: (call) => deleteToken(desk, call) },
    ],
    renderFault,
  };
}

async function listTokens(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const accountId = await admitted(desk, call);
  await desk.host.settleUses();
  const [tokens, owner] = await Promise.all([desk.tokens.listOf(accountId), desk.host.directory.findByAccountId(accountId)]);
  // Tokens of a user who was deleted are listed on, disabled [DIR-7].
  if (owner === null && tokens.length === 0) throw noSuchAccount();
  return { status: 200, json: tokens.map((token) => showToken(token, owner?.isActive === true)) };
}

async function deleteToken(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const accountId = await admitted(desk, call);
  const token = await desk.tokens.find(call.parameters['tokenId'] ?? '');
  const isDone = token?.accountId === accountId && (await endToken(desk, token, actedBy(requireCaller(call), call)));
  if (!isDone) throw new RestFault(404, 'The account has no such token.');
  return { status: 204 };
}

async function tellPrivileges(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const accountId = await admitted(desk, call);
  if ((await desk.host.directory.findByAccountId(accountId)) === null) throw noSuchAccount();
  const named = call.query.getAll('privileges').flatMap((list) => list.split(',').filter((name) => name !== ''));
  const asked = named.length === 0 ? PRIVILEGES : named;
  // Everything else is done in the directory that Postern reads, not through here.
  const answers = asked.map((name) => [
    name,
    PRIVILEGES.includes(name) ? { allowed: true } : { allowed: false, reason: { key: 'notSupported' } },
  ]);
  return { status: 200, json: Object.fromEntries(answers) as object };
}

/** The account that the path names, once the key is known to be good for it. */
async function admitted(desk: Desk, call: RestCall): Promise<string> {
  requireUnscoped(await requireOrganizationKey(desk, call));
  return call.parameters['accountId'] ?? '';
}

function noSuchAccount(): RestFault {
  return new RestFault(404, 'There is no such account.');
}
