// What administrators do with everybody's tokens: search, find their users, revoke many at once [PAT-27 … PAT-30].
import { LIMITS, type Principal } from '../../core/index.js';
import { countPages } from '../../plugin-kit/paging.js';
import { dataCenterSetting } from '../../plugin-kit/site-switches.js';
import { requireCaller, type RestAnswer, type RestCall, RestFault } from '../../plugin-kit/rest.js';
import type { Desk } from './desk.js';
import { namedFault } from './fault.js';
import { profileOf } from './profile.js';
import { endToken } from './revoke.js';
import { searchTokens } from './search.js';
import { readTokenSearch, readWhole } from './search-request.js';
import { viewOwnedToken, viewUser } from './token-view.js';

const USERS_DEFAULT = 20;

export async function search(desk: Desk, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(desk, call);
  const { host, profile, tokens } = desk;
  const wanted = readTokenSearch(await call.json());
  await host.settleUses();
  const found = await searchTokens(host, tokens.statements, profile.product, wanted);
  const owners = await host.directory.findManyByUserKey(found.tokens.map(({ userKey }) => userKey));
  const totalPages = countPages(found.total, wanted.limit);
  return {
    status: 200,
    json: {
      values: found.tokens.map((token) => viewOwnedToken(token, owners.get(token.userKey) ?? null)),
      page: wanted.page,
      size: wanted.limit,
      isLastPage: wanted.page >= totalPages - 1,
      totalPages,
    },
  };
}

export async function findUsers(desk: Desk, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(desk, call);
  const limit = Math.min(readWhole(call.query.get('limit') ?? USERS_DEFAULT, 'limit', 1), LIMITS.pageMax);
  const users = await desk.host.directory.findContaining(call.query.get('contains') ?? '', limit);
  return { status: 200, json: users.map((user) => viewUser(user.userKeys[desk.profile.product], user)) };
}

/** Unknown numbers are passed over, and so are those of the other product [PAT-29]. */
export async function bulkRevoke(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const actor = requireAdministrator(desk, call);
  const ids = readIds(await call.json());
  for (const token of await desk.tokens.findMany(ids)) {
    if (profileOf(token.userKey) !== desk.profile) continue;
    await endToken(desk, token, { actor, clientAddress: call.request.clientAddress }, 'revoked');
  }
  return { status: 204 };
}

/** The licence is asked for before the permission is looked at [PAT-30]. */
function requireAdministrator({ host, profile }: Desk, call: RestCall): Principal {
  const { principal } = requireCaller(call);
  if (!host.switches.get(dataCenterSetting(profile.product).name, true)) {
    throw namedFault(403, 'com.atlassian.pats.exception.UnlicensedException', 'This needs a Data Center licence.');
  }
  if (!principal.isAdministrator)
    throw new RestFault(401, 'Client must be authenticated as a system administrator to access this resource.');
  return principal;
}

function readIds(body: unknown): readonly number[] {
  if (!Array.isArray(body) || !body.every((id) => Number.isSafeInteger(id))) {
    throw new RestFault(400, 'The body must be a JSON array of token ids.');
  }
  return [...new Set(body as number[])];
}
