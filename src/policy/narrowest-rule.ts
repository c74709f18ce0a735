// The narrowest rule that would permit exactly one request: its method and its path, letter by letter. Told only when it is proved: it can
// be stored, it reads as that very path, and with it in the place of the token's own rules `decide` permits the request [GW-23, GW-25].
// The engine is not asked: to compile a path costs milliseconds, and every refusal would.
import type { Grant, JudgedBody, RequestView, RuleSet } from '../core/index.js';
import { decide, type Occasion } from './decide.js';
import { parsePattern } from './regex-syntax.js';
import { literalText } from './regex-tree.js';
import { readRules } from './rule-list.js';
import { splitRule, splitRules } from './rule-text.js';
import type { Authenticated, SitePolicy } from './site-policy.js';

/** The rule, or null where none of the token's own would do: something else stands against the request, or the path is too long for a rule. */
export function narrowestRule(
  view: RequestView,
  identity: Authenticated,
  judged: JudgedBody | null,
  policy: SitePolicy,
  occasion: Occasion,
): string | null {
  const text = `[${view.method.toLowerCase()}]${view.path.replaceAll(/[$()*+.]/g, '\\$&')}`;
  if (identity.grant === null || !readsAs(text, view)) return null;
  const rules = literalRules(text, view);
  const narrowed = { ...identity, grant: withOwnRules(identity.grant, rules) };
  return decide(view, narrowed, judged, policy, occasion).effect === 'permit' ? text : null;
}

/** The grant as if these were the token's own rules; its addresses, and what it took over from others, stay. */
function withOwnRules(grant: Grant, rules: RuleSet): Grant {
  const own = grant.limits.find(({ isInherited }) => isInherited !== true);
  const inherited = grant.limits.filter(({ isInherited }) => isInherited === true);
  return { ...grant, limits: [{ rules, addresses: own?.addresses ?? null }, ...inherited] };
}

/** Whether the rule is one rule that would be taken, of this one method and for this one path. */
function readsAs(text: string, { method, path }: RequestView): boolean {
  try {
    const [rule, ...more] = readRules(splitRules(text), { allowBody: false });
    if (rule === undefined || more.length > 0 || rule.text !== text || rule.methods?.join() !== method) return false;
    return rule.conditions.length === 0 && literalText(parsePattern(text, splitRule(text).path, { place: 'path' })) === path;
  } catch {
    return false;
  }
}

/** What such a rule would say. */
function literalRules(text: string, { method, path }: RequestView): RuleSet {
  const isMatch: (asked: { readonly method: string; readonly path: string }) => boolean = (asked) =>
    asked.method === method && asked.path === path;
  return {
    text,
    match: (subject) => (isMatch(subject) ? text : null),
    needsBody: () => false,
    trace: (subject) => [{ rule: text, isMatch: isMatch(subject), failed: isMatch(subject) ? null : 'path' }],
  };
}
