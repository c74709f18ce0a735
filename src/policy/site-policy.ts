// The site's policy: the setting `policy`, compiled once at start [GW-20]. Statements are written in the language of limitTo, narrowed by
// user, token system and address. Two settings about credentials that are no tokens stand beside them [GW-14, GW-15].
import type { AddressSet, Identity, RequestView, RuleTrace } from '../core/index.js';
import { AddressError, parseAddressList } from './address.js';
import { CompiledRules } from './compiled-rules.js';
import { checkPrograms, readRules } from './rule-list.js';
import { RuleError } from './rule-error.js';
import { isUnrestricted, splitRules } from './rule-text.js';

/** One entry of the setting, as it is written. */
export interface StatementText {
  readonly effect: 'permit' | 'forbid';
  readonly rule: string;
  /** User names, compared without the case of ASCII letters; left out: everybody. */
  readonly users?: readonly string[];
  /** Keys of token systems, or `password`; left out: any. */
  readonly systems?: readonly string[];
  /** Addresses and ranges; left out: anywhere. */
  readonly addresses?: string;
}

/** Who asks, once it is known: the only requests the site's policy is about. */
export type Authenticated = Extract<Identity, { readonly kind: 'authenticated' }>;

/** One compiled entry. */
export interface Statement {
  /** `policy[0]`, as it is recorded. */
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** Whether it speaks about this request. May throw, which denies. */
  matches(view: RequestView, identity: Authenticated): boolean;
  /** Why it does or does not, for explain [GW-25]. May throw where `matches` does. */
  trace(view: RequestView, identity: Authenticated): StatementReason;
}

/** The first part of a statement that does not fit; every rule of it with its answer, where the rest fits. */
export interface StatementReason {
  readonly failed: 'system' | 'user' | 'address' | 'rule' | null;
  readonly rules: readonly RuleTrace[];
}

/** What a site permits at most; a token adds nothing to it. */
export interface SitePolicy {
  /** `refuse`: a password is not forwarded [GW-14]. */
  readonly passwords: 'forward' | 'refuse';
  /** `refuse`: a request without a credential is answered with 401 [GW-15]. */
  readonly anonymous: 'forward' | 'refuse';
  readonly statements: readonly Statement[];
}

/** An entry of the setting that cannot be compiled: Postern does not start with it. */
export class StatementError extends Error {
  readonly index: number;

  constructor(index: number, reason: string) {
    super(`policy[${index}]: ${reason}`);
    this.name = 'StatementError';
    this.index = index;
  }
}

/** In force where no policy is written: every authenticated request is permitted, its token's own limits remain [GW-20]. */
const PERMIT_ALL: Statement = { id: 'policy', effect: 'permit', matches: () => true, trace: () => ({ failed: null, rules: [] }) };

/** Compiles the settings. An empty list permits nothing. Throws StatementError. */
export function compileSitePolicy(
  policy: readonly StatementText[] | null | undefined,
  settings: Pick<SitePolicy, 'passwords' | 'anonymous'>,
): SitePolicy {
  const { passwords, anonymous } = settings;
  return { passwords, anonymous, statements: policy?.map(compileStatement) ?? [PERMIT_ALL] };
}

function compileStatement({ effect, rule, users, systems, addresses }: StatementText, index: number): Statement {
  const rules = compileOrRefuse(index, () => compileRules(rule));
  const from = compileOrRefuse(index, () => parseAddressList(addresses));
  for (const [name, list] of Object.entries({ users, systems })) {
    if (list?.length === 0) throw new StatementError(index, `${name} is an empty list; leave it out to mean all`);
  }
  const usernames = users === undefined ? null : new Set(users.map(foldAscii));
  const keys = systems === undefined ? null : new Set(systems);
  const isSystem = ({ grant }: Authenticated): boolean => keys === null || keys.has(grant?.system ?? 'password');
  const isUser = ({ principal }: Authenticated): boolean => usernames === null || usernames.has(foldAscii(principal.username));
  return {
    id: `policy[${index}]`,
    effect,
    matches: (view, identity) =>
      isSystem(identity) &&
      isUser(identity) &&
      comesFrom(from, view.clientAddress) &&
      rules.match({ ...subjectParts(view), body: null }, effect) !== null,
    trace(view, identity) {
      if (!isSystem(identity)) return { failed: 'system', rules: [] };
      if (!isUser(identity)) return { failed: 'user', rules: [] };
      if (!comesFrom(from, view.clientAddress)) return { failed: 'address', rules: [] };
      const traced = rules.trace({ ...subjectParts(view), body: null }, effect);
      return { failed: traced.some(({ isMatch }) => isMatch) ? null : 'rule', rules: traced };
    },
  };
}

function compileRules(text: string): CompiledRules {
  if (isUnrestricted(text)) throw new RuleError('', 1, null, 'the rule is empty; write .* for every request');
  // The body is read for tokens alone: a statement that asked for it would be about a request nobody has read.
  const rules = readRules(splitRules(text), { allowBody: false });
  checkPrograms(rules);
  return new CompiledRules(rules);
}

function compileOrRefuse<T>(index: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RuleError || error instanceof AddressError) throw new StatementError(index, error.message);
    throw error;
  }
}

function comesFrom(addresses: AddressSet | null, clientAddress: string | null): boolean {
  return addresses === null || (clientAddress !== null && addresses.includes(clientAddress));
}

function subjectParts({ method, path, contextPath, query }: RequestView): Pick<RequestView, 'method' | 'path' | 'contextPath' | 'query'> {
  return { method, path, contextPath, query };
}

/** Lower case for ASCII letters only: `\u212Aim` must not become `kim` [EXT-1]. */
function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
