// `[QueryParam::name==regex]`: the parameter is there and every occurrence of it matches whole [EXT-15].
import type { Agreement, ValueMatcher } from './value-pattern.js';

/** Values by parameter name, both decoded, in the order of the query. */
export type QueryValues = ReadonlyMap<string, readonly string[]>;

/**
 * Reads a query: split at `&`, `+` is a blank, percent-decoded in strict UTF-8. null when any part of it does not decode: then nobody
 * knows what the upstream will read.
 */
export function readQuery(query: string | null): QueryValues | null {
  const values = new Map<string, string[]>();
  for (const pair of (query ?? '').split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === null || value === null) return null;
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return values;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** How a query stands to one condition. */
export function queryAgreement(values: QueryValues | null, name: string, matcher: ValueMatcher): Agreement {
  if (values === null) return 'some';
  const found = values.get(name);
  if (found === undefined) return 'none';
  const [first = 'none', ...others] = found.map((value) => matcher.agreement(value));
  return others.every((other) => other === first) ? first : 'some';
}
