// `/admin/api-access/v1/orgs/{orgId}/api-tokens`: the organization's newer calls [CLD-8].
import { type Instant, LIMITS } from '../../core/index.js';
import { requireCaller, type RestAnswer, type RestCall, RestFault, type RestModule } from '../../plugin-kit/rest.js';
import { actedBy, type Desk } from './desk.js';
import { renderFault } from './fault.js';
import { endToken } from './issue-token.js';
import { allowBulkRevokeSetting, organizationIdSetting } from './manifest.js';
import { requireOrganizationKey, requireScope } from './organization-key-caller.js';
import { positionOf } from './token-order.js';
import { readCountQuery, readTokenQuery, type TokenQuery, writeCursor } from './token-query.js';
import { countTokens, everyToken, findPage, type FoundPage, type OwnedToken } from './token-search.js';
import { nanoTime } from './token-view.js';

/** The scopes that the vendor documents for these calls. */
const READ = 'read:tokens:admin';
const DELETE = 'delete:tokens:admin';

type Work = (desk: Desk, call: RestCall) => Promise<RestAnswer>;

export function createOrganizationModule(desk: Desk): RestModule {
  return {
    product: 'cloud',
    path: '/admin/api-access',
    versions: ['v1'],
    rendersRefusals: true,
    routes: [
      { method: 'GET', path: '/orgs/:orgId/api-tokens', handle: (call) => admit(desk, call, READ, listTokens) },
      { method: 'DELETE', path: '/orgs/:orgId/api-tokens', handle: (call) => admit(desk, call, DELETE, revokeAll) },
      { method: 'GET', path: '/orgs/:orgId/api-tokens/count', handle: (call) => admit(desk, call, READ, count) },
    ],
    renderFault,
  };
}

/** Counts the call, and tells on every answer what is left. */
async function admit(desk: Desk, call: RestCall, scope: string, work: Work): Promise<RestAnswer> {
  const key = await requireOrganizationKey(desk, call);
  const rate = desk.rates.take(key.tokenRef);
  const headers = {
    'X-RateLimit-Limit': String(LIMITS.organizationCallsPerMinute),
    'X-RateLimit-Remaining': String(rate.remaining),
    'X-RateLimit-Reset': new Date(rate.resetsAt).toISOString(),
  };
  try {
    if (rate.isOver) throw tooMany(rate.resetsAt - desk.host.clock.now());
    requireScope(key, scope);
    if (call.parameters['orgId']?.toLowerCase() !== desk.host.setting(organizationIdSetting)) {
      throw new RestFault(404, 'There is no such organization.');
    }
    return { ...(await work(desk, call)), headers };
  } catch (error) {
    if (!(error instanceof RestFault)) throw error;
    throw new RestFault(error.status, error.message, { headers: { ...headers, ...error.headers }, cause: error });
  }
}

function tooMany(waitMs: number): RestFault {
  return new RestFault(429, 'The key has made too many calls. Try again later.', {
    headers: { 'Retry-After': String(Math.ceil(waitMs / 1_000)) },
  });
}

async function listTokens(desk: Desk, call: RestCall): Promise<RestAnswer> {
  const query = readTokenQuery(call.query);
  await desk.host.settleUses();
  const page = await findPage(desk, query);
  const now = desk.host.clock.now();
  const orgId = desk.host.setting(organizationIdSetting);
  return { status: 200, json: { data: page.tokens.map((owned) => showOwned(owned, orgId, now)), links: linksOf(call, query, page) } };
}

async function count(desk: Desk, call: RestCall): Promise<RestAnswer> {
  return { status: 200, json: { count: await countTokens(desk, readCountQuery(call.query)) } };
}

/** One after the other, each recorded: what was ended before a failure stays ended, and the call can be repeated. */
async function revokeAll(desk: Desk, call: RestCall): Promise<RestAnswer> {
  if (!desk.host.setting(allowBulkRevokeSetting))
    throw new RestFault(403, 'Revoking every token is switched off: see cloud.allowBulkRevoke.');
  const by = actedBy(requireCaller(call), call);
  for await (const token of everyToken(desk, { field: 'createdAt', isDescending: false })) await endToken(desk, token, by);
  return { status: 204 };
}

/** What is not there is left out, never null. */
function showOwned({ token, owner }: OwnedToken, orgId: string, now: Instant): object {
  const emailAddress = owner?.emailAddress ?? '';
  return {
    id: token.tokenRef,
    label: token.label,
    status: statusOf({ token, owner }, now),
    createdAt: nanoTime(token.createdAt),
    expiresAt: nanoTime(token.expiresAt),
    ...(token.lastUsedAt === null ? {} : { lastActiveAt: nanoTime(token.lastUsedAt) }),
    user: {
      id: token.accountId,
      orgId,
      name: owner?.displayName ?? token.username,
      ...(emailAddress === '' ? {} : { email: emailAddress }),
    },
    // Tokens of ours have limits and no scopes.
    scopes: [],
  };
}

function statusOf({ token, owner }: OwnedToken, now: Instant): 'ALLOWED' | 'BLOCKED' | 'EXPIRED' {
  if (now >= token.expiresAt) return 'EXPIRED';
  return owner?.isActive === true ? 'ALLOWED' : 'BLOCKED';
}

/** Paths on this origin; a page at an end of the list has no link beyond it. */
function linksOf(call: RestCall, { order, from }: TokenQuery, { tokens, hasMore }: FoundPage): object {
  const isBackwards = from?.towards === 'prev';
  const [first, last] = [tokens.at(0)?.token, tokens.at(-1)?.token];
  const linkTo = (cursor: string): string => {
    const parameters = new URLSearchParams(call.query);
    parameters.set('cursor', cursor);
    return `${call.request.path}?${parameters.toString()}`;
  };
  const { path, query } = call.request;
  return {
    self: query === null ? path : `${path}?${query}`,
    ...(last !== undefined && (isBackwards || hasMore) ? { next: linkTo(writeCursor(positionOf(last, order), 'next')) } : {}),
    ...(first !== undefined && (isBackwards ? hasMore : from !== null)
      ? { prev: linkTo(writeCursor(positionOf(first, order), 'prev')) }
      : {}),
  };
}
