// What is wider than most people mean it, said before the token is made. The server has the last word on what is allowed; this is advice.
import { texts } from '../texts.js';
import type { ScopeRule } from './scope.js';

const T = texts.scope.wide;

export interface WantedToken {
  readonly rules: readonly ScopeRule[];
  readonly addresses: string;
  /** null: never expires. */
  readonly days: number | null;
  readonly mayBeLimited: boolean;
}

/** One sentence for each, the widest first. */
export function tooWide({ rules, addresses, days, mayBeLimited }: WantedToken): readonly string[] {
  const found: string[] = [];
  if (mayBeLimited && rules.length === 0) found.push(T.everything);
  for (const rule of rules) found.push(...ruleIsWide(rule));
  const entries = addresses.split(/[\s,]+/).filter(Boolean);
  if (mayBeLimited && entries.length === 0) found.push(T.anywhere);
  for (const entry of entries) if (isWideRange(entry)) found.push(T.wideRange(entry));
  if (days === null) found.push(T.forever);
  return [...new Set(found)];
}

function ruleIsWide(rule: ScopeRule): readonly string[] {
  const path = rule.path.trim();
  const isWriting = rule.methods.length === 0 || rule.methods.some((method) => method !== 'GET' && method !== 'HEAD');
  const found: string[] = [];
  if (opensEverything(rule)) found.push(isWriting ? T.everyPath : T.everyPathRead);
  else if (rule.kind === 'regex' && path.startsWith('.*')) found.push(T.looseStart(path));
  if (rule.kind === 'below' && isWriting && /^(\/[^/]+)?\/rest\/api\/[^/]+\/?$/.test(path)) found.push(T.wholeApi(path));
  if (isWriting && /tokenTools|\/rest\/pat|\/rest\/api-tokens/.test(path)) found.push(T.makesTokens);
  if (rule.methods.length === 0 && found.length === 0) found.push(T.everyMethod(path));
  return found;
}

/** Nothing but the root, or a context path, or a pattern for anything. */
function opensEverything({ kind, path }: ScopeRule): boolean {
  const text = path.trim();
  if (kind === 'regex') return /^\/?(\.\*|\.\+)$/.test(text);
  return kind === 'below' && /^(\/[^/]+)?(\/(rest\/?)?)?$/.test(text);
}

/** More than a company has: IPv4 shorter than /8, IPv6 shorter than /32. */
function isWideRange(entry: string): boolean {
  const [address = '', bits] = entry.split('/');
  if (bits === undefined || !/^\d+$/.test(bits)) return false;
  return Number(bits) < (address.includes(':') ? 32 : 8);
}
