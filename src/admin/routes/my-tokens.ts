// `/api/v1/my/tokens`: everybody's own tokens of every system in one list [PAT-70, CLD-9]; `/api/v1/users/{username}/tokens` the same for
// administrators, who make tokens for others; `/api/v1/token-systems` says what can be made. The systems are known by the contract alone.
import { type Clock, LIMITS, type Principal, type UpstreamProduct } from '../../core/index.js';
import type { TokenOrder } from '../../plugin-kit/contract.js';
import { readPage } from '../../plugin-kit/paging.js';
import { type Fields, optionalText, requireFields } from '../../plugin-kit/request-body.js';
import { requireCaller, type RestAnswer, type RestCall, RestFault, type Route } from '../../plugin-kit/rest.js';
import type { Directory } from '../../store/directory/directory.js';
import type { RegisteredToken, TokenList } from '../../store/token-registry.js';
import type { NewTokenAnswer, TokenPage, TokenSystemAnswer } from '../api-types.js';
import { requireAdministrator } from '../require-caller.js';
import { showToken, type TokenSystem, type TokenSystems } from '../token-view.js';
import { requireUser } from './users.js';

export interface MyTokenRoutesNeeds {
  readonly directory: Pick<Directory, 'findByUsername'>;
  readonly registry: Pick<TokenList, 'list' | 'find'>;
  readonly tokenSystems: TokenSystems;
  /** Of the products that are carried. */
  readonly contextPaths: ReadonlyMap<UpstreamProduct, string>;
  readonly clock: Clock;
  /** Resolves when every use that was answered is counted. */
  settleUses(): Promise<void>;
}

/** The routes of one's own tokens, and those by which administrators make tokens for others. */
export function myTokenRoutes(needs: MyTokenRoutesNeeds): readonly Route[] {
  return [
    { method: 'GET', path: '/token-systems', handle: (call) => listSystems(needs, call) },
    { method: 'GET', path: '/my/tokens', handle: (call) => listOwn(needs, call) },
    { method: 'POST', path: '/my/tokens', handle: async (call) => issue(needs, call, requireCaller(call).principal) },
    { method: 'DELETE', path: '/my/tokens/:system', handle: (call) => revokeOwn(needs, call) },
    {
      method: 'POST',
      path: '/users/:username/tokens',
      handle: async (call) => {
        requireAdministrator(call.caller);
        return issue(needs, call, await requireUser(needs.directory, call));
      },
    },
  ];
}

async function listSystems({ tokenSystems, contextPaths }: MyTokenRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireCaller(call);
  const systems = [...tokenSystems].map(
    ([system, { name, products, tokens }]): TokenSystemAnswer => ({
      system,
      name,
      products,
      places: placesOf(products, contextPaths),
      terms: tokens.issuing?.terms() ?? null,
    }),
  );
  return { status: 200, json: systems };
}

/** The cloud's tokens open both products [CLD-9]. */
function placesOf(products: TokenSystem['products'], contextPaths: ReadonlyMap<UpstreamProduct, string>): TokenSystemAnswer['places'] {
  return [...contextPaths].flatMap(([product, contextPath]) =>
    products.includes(product) || products.includes('cloud') ? [{ product, contextPath }] : [],
  );
}

async function listOwn(needs: MyTokenRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  const { registry, tokenSystems, clock } = needs;
  const { principal } = requireCaller(call);
  const { startAt, maxResults } = readPage(call.query, LIMITS.pageMax);
  await needs.settleUses();
  const { jira, confluence } = principal.userKeys;
  const { total, tokens } = await registry.list({ startAt, limit: maxResults }, { owners: [jira, confluence] });
  const now = clock.now();
  const shown = tokens.map((token) => showToken(token, principal.username, tokenSystems, now));
  return { status: 200, json: { total, startAt, maxResults, tokens: shown } satisfies TokenPage };
}

async function revokeOwn({ registry, tokenSystems }: MyTokenRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  const { principal } = requireCaller(call);
  const { system, tokenRef } = await requireOwnToken(registry, call);
  const isDone = await tokenSystems.get(system)?.tokens.revoke(tokenRef, principal, call.request.clientAddress);
  if (isDone !== true) throw unknownToken();
  return { status: 204 };
}

/** The caller's own token of the system in the path. Throws RestFault 404, byte for byte the same for another's and for none. */
export async function requireOwnToken(registry: Pick<TokenList, 'find'>, call: RestCall): Promise<RegisteredToken> {
  const { principal } = requireCaller(call);
  const { system = '' } = call.parameters;
  const token = await registry.find(system, readTokenRef(call.query));
  if (token === null || !Object.values(principal.userKeys).some((key) => key === token.owner)) throw unknownToken();
  return token;
}

function unknownToken(): RestFault {
  return new RestFault(404, 'There is no such token.', { kind: 'unknown-token' });
}

/** In the query: a reference may hold a slash, and a path with an encoded one is refused [GW-2]. */
export function readTokenRef(query: URLSearchParams): string {
  const [tokenRef, ...more] = query.getAll('tokenRef');
  if (tokenRef === undefined || more.length > 0) throw new RestFault(400, 'tokenRef must be there once, in the query.');
  return tokenRef;
}

async function issue(needs: MyTokenRoutesNeeds, call: RestCall, owner: Principal): Promise<RestAnswer> {
  const { principal: actor } = requireCaller(call);
  const fields = requireFields(await call.json(), ['system', 'label', 'expiresInDays', 'limitTo', 'ip']);
  const key = optionalText(fields, 'system') ?? '';
  const system = needs.tokenSystems.get(key);
  const issuing = system?.tokens.issuing;
  if (system === undefined || issuing === undefined) {
    throw new RestFault(400, `system must be one of: ${namesOfIssuing(needs.tokenSystems).join(', ')}.`);
  }
  if (!owner.isActive) throw new RestFault(409, 'This user is not active.', { kind: 'user-inactive' });
  const order: TokenOrder = {
    owner,
    actor,
    clientAddress: call.request.clientAddress,
    label: optionalText(fields, 'label') ?? '',
    expiresInDays: readDays(fields, issuing.terms().daysDefault),
    limitTo: optionalText(fields, 'limitTo'),
    ip: optionalText(fields, 'ip'),
  };
  const { tokenRef, value, sentAs } = await issuing.issue(order);
  const answer: NewTokenAnswer = {
    system: key,
    tokenRef,
    value: value.reveal(),
    scheme: sentAs.scheme,
    username: sentAs.scheme === 'basic' ? sentAs.username : null,
    examplePath: examplePath(system, needs.contextPaths),
  };
  return { status: 201, json: answer, isSecret: true };
}

function readDays(fields: Fields, daysDefault: number | null): number | null {
  const days = fields['expiresInDays'];
  if (days === undefined) return daysDefault;
  if (days === null) return null;
  if (typeof days === 'number' && Number.isInteger(days) && days >= 1 && days <= LIMITS.tokenDaysMax) return days;
  throw new RestFault(400, `expiresInDays must be a whole number from 1 to ${LIMITS.tokenDaysMax}, or null for never.`);
}

function namesOfIssuing(systems: TokenSystems): readonly string[] {
  return [...systems].flatMap(([name, { tokens }]) => (tokens.issuing === undefined ? [] : [name]));
}

/** Who am I, as the product answers it: harmless, and shows that the token works. */
function examplePath({ products }: TokenSystem, contextPaths: ReadonlyMap<UpstreamProduct, string>): string {
  const [place] = placesOf(products, contextPaths);
  if (place === undefined) return '/';
  return `${place.contextPath}${place.product === 'jira' ? '/rest/api/2/myself' : '/rest/api/user/current'}`;
}
