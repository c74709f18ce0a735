// An explanation in the words of the wire [GW-25]. The site's policy is an administrator's business: others are told which statement
// decided, not what the statements say.
import { type CanonicalRequest, ERROR_CODES, type ErrorCode, type Instant } from '../core/index.js';
import type { InspectedToken, RejectReason } from '../plugin-kit/contract.js';
import { type Explanation, lintAddresses, lintRules, type Warning } from '../policy/index.js';
import type { ExplainQuestion } from './explain-request.js';
import type { ExplainAnswer, ExplainedCheck, ExplainedDecision } from './explain-types.js';

/** All that was found out. */
export interface Explained {
  readonly question: ExplainQuestion;
  readonly token: InspectedToken;
  /** Why the request would not be judged at all. */
  readonly refusal: { readonly code: ErrorCode; readonly text: string } | null;
  readonly request: (CanonicalRequest & { readonly destination: 'upstream' | 'own' }) | null;
  readonly explanation: Explanation | null;
  readonly narrowest: string | null;
}

interface Reader {
  readonly contextPaths: readonly string[];
  readonly mayReadPolicy: boolean;
}

/** The answer. */
export function answerFor(explained: Explained, reader: Reader): ExplainAnswer {
  const { question, token, request, explanation, narrowest } = explained;
  const { about, at } = question;
  const statements = explanation?.statements ?? [];
  return {
    decision: decisionOf(explained),
    request: request === null ? null : { ...shownRequest(request), address: question.address, at: instantText(at) },
    token: {
      system: about.system,
      tokenRef: about.kind === 'token' ? about.tokenRef : null,
      username: token.principal?.username ?? null,
      validUntil: token.grant.validUntil === null ? null : instantText(token.grant.validUntil),
      rejection: token.rejection,
    },
    checks: checksOf(explained),
    limits: explanation?.limits ?? [],
    statements: reader.mayReadPolicy ? statements : statements.map((statement) => ({ ...statement, rules: [] })),
    narrowestRule: narrowest,
    warnings: warningsFor(token, reader.contextPaths),
  };
}

function shownRequest({ method, path, query, product, contextPath, destination }: NonNullable<Explained['request']>) {
  return { method, path, query, product, contextPath, destination };
}

function decisionOf({ refusal, explanation, token, request }: Explained): ExplainedDecision {
  const nothing = { rule: null, statement: null };
  if (refusal !== null)
    return { effect: 'deny', code: refusal.code, status: ERROR_CODES[refusal.code].status, text: refusal.text, ...nothing };
  if (explanation === null) throw new TypeError('a request that is not refused is explained');
  const { decision } = explanation;
  const { rule, statement } = decision;
  if (decision.effect === 'permit')
    return { effect: 'permit', code: null, status: null, text: 'The request is permitted.', rule, statement };
  const isForeign = request !== null && !token.opens.includes(request.product);
  const text = decision.code === 'authn.refused' ? tokenText(token, isForeign) : ERROR_CODES[decision.code].operatorText;
  return { effect: 'deny', code: decision.code, status: ERROR_CODES[decision.code].status, text: withoutNumbers(text), rule, statement };
}

const REJECTIONS: Readonly<Record<RejectReason, string>> = {
  expired: 'The token has ended.',
  disabled: 'Tokens of this kind are switched off.',
  'owner-inactive': 'Its user is not there, or not active.',
  unlicensed: 'Its token system has no licence.',
};

function tokenText({ rejection }: InspectedToken, isForeign: boolean): string {
  if (rejection !== null) return REJECTIONS[rejection];
  return isForeign ? 'The token is another product’s and unknown here.' : 'The token is not accepted.';
}

/** The numbers of statements are for the operator's books. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/ \[[A-Z0-9, -]+\]/g, '');
}

function checksOf({ refusal, explanation, token, request }: Explained): readonly ExplainedCheck[] {
  const isOpen = request === null ? null : token.opens.includes(request.product);
  const permits = explanation?.statements.filter(({ effect, isMatch }) => effect === 'permit' && isMatch) ?? [];
  const stops =
    explanation?.statements.filter(({ effect, isMatch, failed }) => (effect === 'forbid' && isMatch) || failed === 'error') ?? [];
  const limits = explanation?.isJudgedLength === true ? explanation.limits : null;
  const hasPolicy = explanation !== null && explanation.statements.length > 0;
  const isPolicyKept = hasPolicy
    ? permits.length > 0 && stops.length === 0
    : explanation === null || token.principal === null
      ? null
      : false;
  return [
    { name: 'request', holds: refusal === null, text: refusal?.text ?? 'The request is well formed and lies where tokens work.' },
    {
      name: 'token',
      holds: token.rejection === null,
      text: token.rejection === null ? 'The token is accepted.' : REJECTIONS[token.rejection],
    },
    { name: 'product', holds: isOpen, text: `The token works in: ${token.opens.join(', ')}.` },
    { name: 'length', holds: explanation?.isJudgedLength ?? null, text: 'The path is short enough for rules to be asked about it.' },
    {
      name: 'address',
      holds: limits === null ? null : limits.every(({ addresses }) => addresses?.isMatch !== false),
      text: 'The client’s address is one of the token’s, and of those it descends from.',
    },
    {
      name: 'limits',
      holds: limits === null ? null : limits.every(({ rules }) => rules === null || rules.some(({ isMatch }) => isMatch)),
      text: 'A rule of the token matches, and of each that it descends from.',
    },
    { name: 'policy', holds: isPolicyKept, text: 'The site’s policy permits it and does not forbid it.' },
  ];
}

/** Of the token's own limits: what it took over was another's to write. */
function warningsFor({ grant }: InspectedToken, contextPaths: readonly string[]): readonly Warning[] {
  const own = grant.limits.find(({ isInherited }) => isInherited !== true);
  const ending: readonly Warning[] =
    grant.validUntil === null && grant.tokenRef !== '' ? [{ code: 'never-ends', text: 'The token never ends.', about: null }] : [];
  return [...lintOrNot(() => lintRules(own?.rules?.text ?? null, contextPaths)), ...lintAddresses(own?.addresses?.text ?? null), ...ending];
}

/** A stored text that no longer compiles is shown as broken already. */
function lintOrNot(lint: () => readonly Warning[]): readonly Warning[] {
  try {
    return lint();
  } catch {
    return [];
  }
}

function instantText(at: Instant): string {
  return new Date(at).toISOString();
}
