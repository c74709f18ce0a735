// `POST /api/v1/explain`: what the gate would say to a request, and why. Asked by administrators about every token and by users about
// their own. Nothing is forwarded, counted or recorded: whoever asks sees what he may see anyway, and changes nothing [GW-25].
import {
  type CanonicalRequest,
  type Clock,
  type ErrorCode,
  HostError,
  type Identity,
  type Principal,
  type Product,
  type UserDirectory,
} from '../../core/index.js';
import type { InspectedToken, TokenAdministration } from '../../plugin-kit/contract.js';
import { type Caller, type RestAnswer, type RestCall, requireCaller, RestFault, type Route } from '../../plugin-kit/rest.js';
import {
  AddressError,
  compileOnce,
  explainDecision,
  type Explanation,
  narrowestRule,
  needsJudgedBody,
  parseAddressList,
  RuleError,
  type SitePolicy,
} from '../../policy/index.js';
import { type ExplainQuestion, readQuestion } from '../explain-request.js';
import { answerFor, type Explained } from '../explain-answer.js';

export interface ExplainNeeds {
  readonly clock: Clock;
  readonly directory: Pick<UserDirectory, 'findByUsername'>;
  /** By the system's key. */
  readonly tokenSystems: ReadonlyMap<string, { readonly tokens: Pick<TokenAdministration, 'inspect'> }>;
  readonly gate: ImaginaryGate;
}

/** The gate as far as a request goes that nobody sent. */
export interface ImaginaryGate {
  readonly policy: SitePolicy;
  /** Of the products that are carried. */
  readonly contextPaths: readonly string[];
  /** The canonical request; null for a target that no token opens. Throws HostError for what is refused before anything is judged. */
  imagine(request: { readonly method: string; readonly url: string; readonly address: string }): CanonicalRequest | null;
  /** Whether Postern itself answers there. */
  owns(product: Product, path: string): boolean;
}

/** The route. */
export function explainRoutes(needs: ExplainNeeds): readonly Route[] {
  return [{ method: 'POST', path: '/explain', handle: (call) => explain(needs, call) }];
}

async function explain(needs: ExplainNeeds, call: RestCall): Promise<RestAnswer> {
  const caller = requireCaller(call);
  const question = await readQuestion(call, needs.clock.now());
  const token = question.about.kind === 'token' ? await findToken(needs, question, caller) : await tryRules(needs, question, caller);
  const placed = place(needs.gate, question);
  const explained: Explained =
    'code' in placed
      ? { question, token, refusal: placed, request: null, explanation: null, narrowest: null }
      : { question, token, refusal: null, ...judge(needs.gate, question, token, placed) };
  const { contextPaths } = needs.gate;
  return { status: 200, json: answerFor(explained, { contextPaths, mayReadPolicy: caller.principal.isAdministrator }) };
}

/** Somebody else's token is answered as one that is not there. */
async function findToken(needs: ExplainNeeds, { about, at, username }: ExplainQuestion, { principal }: Caller): Promise<InspectedToken> {
  if (about.kind !== 'token') throw new TypeError('rules are no token');
  const token = (await needs.tokenSystems.get(about.system)?.tokens.inspect(about.tokenRef, { at, username })) ?? null;
  const isOwn = token !== null && token.ownerKey !== null && Object.values(principal.userKeys).includes(token.ownerKey);
  if (token === null || !(principal.isAdministrator || isOwn)) {
    throw new RestFault(404, 'There is no such token.', { kind: 'unknown-token' });
  }
  if (token.ownerKey === null && username === null) throw new RestFault(400, 'user must be there: a token for anyone is used with a name.');
  return token;
}

/** A token that is not there yet: refused as its creation would be. */
async function tryRules(needs: ExplainNeeds, { about, username }: ExplainQuestion, { principal }: Caller): Promise<InspectedToken> {
  if (about.kind !== 'rules') throw new TypeError('a token is no rules');
  if (!needs.tokenSystems.has(about.system)) throw new RestFault(400, 'system: There is no such token system.');
  const holder = await findHolder(needs, principal, username);
  const bundle = {
    rules: refuseAs('limitTo', () => compileOnce(about.limitTo)),
    addresses: refuseAs('ip', () => parseAddressList(about.ip)),
  };
  const limits = bundle.rules === null && bundle.addresses === null ? [] : [bundle];
  return {
    ownerKey: holder.userKeys.jira,
    principal: holder,
    grant: { tokenRef: '', system: about.system, validUntil: null, limits, isAnyone: false },
    rejection: holder.isActive ? null : 'owner-inactive',
    opens: ['jira', 'confluence', 'cloud'],
  };
}

async function findHolder({ directory }: ExplainNeeds, caller: Principal, username: string | null): Promise<Principal> {
  if (username === null) return caller;
  const named = caller.isAdministrator ? await directory.findByUsername(username) : null;
  if (named !== null) return named;
  // Whether there is such a user is nobody's business but an administrator's.
  if (caller.isAdministrator) throw new RestFault(400, 'user: There is no such user.');
  throw new RestFault(403, 'Only administrators may ask for another user.', { kind: 'not-administrator' });
}

function refuseAs<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RuleError || error instanceof AddressError) throw new RestFault(400, `${name}: ${error.message}`);
    throw error;
  }
}

/** The request as the gate would judge it, or why it would not. */
function place(gate: ImaginaryGate, { method, url, address }: ExplainQuestion): CanonicalRequest | { code: ErrorCode; text: string } {
  try {
    return (
      gate.imagine({ method, url, address }) ?? {
        code: 'request.not-found',
        text: 'A token opens what lies below /rest/ of a product, and nothing else.',
      }
    );
  } catch (error) {
    if (error instanceof HostError) return { code: error.code, text: error.publicText };
    throw error;
  }
}

function judge(
  gate: ImaginaryGate,
  { body, at }: ExplainQuestion,
  token: InspectedToken,
  request: CanonicalRequest,
): Pick<Explained, 'request' | 'explanation' | 'narrowest'> {
  const identity = identityOf(token, request.product);
  const destination = gate.owns(request.product, request.path) ? 'own' : 'upstream';
  const occasion = { destination, now: at } as const;
  // As on the way of a request: the body is looked at where a rule asks about it.
  const judged = needsJudgedBody(request, identity, at) ? body : null;
  const explanation: Explanation = explainDecision(request, identity, token, judged, gate.policy, occasion);
  const narrowest = identity.kind === 'authenticated' ? narrowestRule(request, identity, judged, gate.policy, occasion) : null;
  return { request: { ...request, destination }, explanation, narrowest };
}

/** Who the gateway would have concluded it is. */
function identityOf({ principal, grant, rejection, opens }: InspectedToken, product: Product): Identity {
  const { tokenRef, system } = grant;
  if (rejection !== null || principal === null)
    return { kind: 'unaccepted', fault: rejection ?? 'owner-inactive', scheme: null, tokenRef, system, credentialDigest: null };
  // Not its product's: nobody there knows the value.
  if (!opens.includes(product)) {
    return { kind: 'unaccepted', fault: 'unknown', scheme: null, tokenRef: null, system: null, credentialDigest: null };
  }
  return { kind: 'authenticated', principal, grant, scheme: 'basic', credentialDigest: '' };
}
