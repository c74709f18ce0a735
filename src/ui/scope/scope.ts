// What a token may be used for, as somebody puts it together on the page, and the text of `limitTo` that says the same [EXT-10 … EXT-13].

export const SCOPE_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type ScopeMethod = (typeof SCOPE_METHODS)[number];

/** How a path is meant: it alone, it and all below, or as a regular expression for the whole path. */
export type PathKind = 'exact' | 'below' | 'regex';

export interface ScopeRule {
  /** Empty: every method. */
  readonly methods: readonly ScopeMethod[];
  readonly kind: PathKind;
  /** With the context path; `{…}` stands for one part of it, whatever it is. */
  readonly path: string;
}

/** The rules as `limitTo`, one a line; '' restricts nothing. */
export function limitToOf(rules: readonly ScopeRule[]): string {
  return rules.map(ruleText).join('\n');
}

/** One rule: `[get,head]/jira/rest/api/2/issue/[^/]+(/.*)?`. */
export function ruleText({ methods, kind, path }: ScopeRule): string {
  const prefix = methods.length === 0 ? '' : `[${methods.join(',').toLowerCase()}]`;
  if (kind === 'regex') return prefix + path.trim();
  const pattern = pathPattern(path.trim());
  return prefix + (kind === 'below' ? `${pattern.replace(/\/$/, '')}(/.*)?` : pattern);
}

/** The path as a pattern that matches it and nothing else; what stands in braces matches one part. */
function pathPattern(path: string): string {
  return path
    .split(/(\{[^{}/]*\})/)
    .map((part) => (/^\{.*\}$/.test(part) ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
}
