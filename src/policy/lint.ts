// What is allowed and hardly ever meant: rules and addresses that are wider than they look [GW-22, GW-25]. A warning never denies.
import { tooWide } from './address.js';
import { CompiledRules } from './compiled-rules.js';
import { readRules } from './rule-list.js';
import { splitRule, splitRules } from './rule-text.js';

/** One warning: a word for programs, a sentence for people, and what it is about. */
export interface Warning {
  readonly code: 'no-rules' | 'any-method' | 'any-path' | 'open-end' | 'context-in-glob' | 'no-addresses' | 'any-address' | 'never-ends';
  readonly text: string;
  /** The rule or the entry of the address list; null: the token. */
  readonly about: string | null;
}

/** Names that nobody has written a rule about: whoever matches them matches everything. */
const PROBES = ['/rest/zq7/zq7', '/rest/zq7~/zq7~/zq7'];

/** Warns of the rules of a text that compiles; null: of there being none. `contextPaths` are the site's. */
export function lintRules(text: string | null, contextPaths: readonly string[]): readonly Warning[] {
  if (text === null) return [{ code: 'no-rules', text: 'Without rules the token may do everything its user may.', about: null }];
  return splitRules(text).flatMap((rule) => lintRule(rule, contextPaths));
}

/** Warns of an address list that can be read; null: of there being none. */
export function lintAddresses(text: string | null): readonly Warning[] {
  if (text === null) return [{ code: 'no-addresses', text: 'Without addresses the token may be used from anywhere.', about: null }];
  return tooWide(text).map((about) => ({ code: 'any-address', text: `${about} holds every address of its kind.`, about }));
}

function lintRule(rule: string, contextPaths: readonly string[]): readonly Warning[] {
  const { methods, syntax, path, conditions } = splitRule(rule);
  const pattern = rule.slice(path.start, path.end);
  const warnings: Warning[] = [];
  if (methods === null) warnings.push({ code: 'any-method', text: 'Without [get] or the like it permits every method.', about: rule });
  if (conditions.length === 0 && matchesEverything(rule, methods?.[0] ?? 'GET', contextPaths)) {
    warnings.push({ code: 'any-path', text: 'It matches every path below /rest.', about: rule });
  } else if (/[A-Za-z0-9_-]\.[*+]\??$/.test(pattern) && syntax === 'regex') {
    const begun = /[A-Za-z0-9_-]+(?=\.[*+]\??$)/.exec(pattern)?.[0] ?? '';
    warnings.push({ code: 'open-end', text: `It matches every name that begins with ${begun}, not this one alone.`, about: rule });
  }
  const prefix = syntax === 'glob' ? contextPaths.find((context) => context !== '' && pattern.startsWith(`${context}/`)) : undefined;
  if (prefix !== undefined) {
    warnings.push({ code: 'context-in-glob', text: `A glob looks at the path below ${prefix}: leave it out.`, about: rule });
  }
  return warnings;
}

function matchesEverything(rule: string, method: string, contextPaths: readonly string[]): boolean {
  const rules = new CompiledRules(readRules([rule], { allowBody: true }));
  const contexts = contextPaths.length === 0 ? [''] : contextPaths;
  return contexts.some((contextPath) =>
    PROBES.every((probe) => {
      const subject = { method, path: `${contextPath}${probe}`, contextPath, query: null, body: null };
      return rules.match(subject, 'permit') !== null;
    }),
  );
}
