// What a token may be used for: read strictly when it is made, compiled anew when it is used, handed on when it makes another.
import { type AddressSet, type Grant, LIMITS, type Limits, type RuleSet } from '../core/index.js';
import { RestFault } from './rest.js';
import { AddressError, compileLimitTo, compileStoredLimitTo, parseAddressList, RuleError } from '../policy/index.js';

/** One bundle of limits as it is stored: '' restricts nothing. */
export interface StoredLimits {
  readonly limitTo: string;
  readonly ip: string;
}

/** Reads what a client sent; rules come back joined with `<br>` [EXT-19]. Throws RestFault 400 that names rule and position. */
export function readLimits(limitTo: string | null, ip: string | null): StoredLimits {
  return { limitTo: readRules(limitTo), ip: readAddresses(ip) };
}

function readRules(limitTo: string | null): string {
  if (limitTo === null) return '';
  try {
    return compileLimitTo(limitTo)?.text ?? '';
  } catch (error) {
    if (error instanceof RuleError) throw new RestFault(400, `limitTo: ${error.message}`);
    throw error;
  }
}

function readAddresses(ip: string | null): string {
  if (ip === null) return '';
  try {
    return parseAddressList(ip) === null ? '' : ip;
  } catch (error) {
    if (error instanceof AddressError) throw new RestFault(400, `ip: ${error.message}`);
    throw error;
  }
}

/** A bundle that restricts nothing: what a token has that carries no limits of its own. */
export const UNLIMITED: StoredLimits = { limitTo: '', ip: '' };

/** The limits of a token, its own first, then those of the tokens it descends from; a text that no longer compiles denies [EXT-18]. */
export function compileLimits(stored: readonly StoredLimits[]): readonly Limits[] {
  const compiled: Limits[] = [];
  for (const [index, bundle] of stored.entries()) if (isLimited(bundle)) compiled.push(compileBundle(bundle, index > 0));
  return compiled;
}

function compileBundle({ limitTo, ip }: StoredLimits, isInherited: boolean): Limits {
  return {
    rules: limitTo === '' ? null : compileStoredLimitTo(limitTo),
    addresses: ip === '' ? null : compileStoredAddresses(ip),
    isInherited,
  };
}

function compileStoredAddresses(ip: string): AddressSet {
  const nowhere: AddressSet = { text: ip, includes: () => false };
  try {
    return parseAddressList(ip) ?? nowhere;
  } catch {
    return nowhere;
  }
}

/** Whether one of the bundles restricts where a token may be used from. */
export function hasAddresses(stored: readonly StoredLimits[]): boolean {
  return stored.some(({ ip }) => ip !== '');
}

/** Whether a bundle restricts anything. */
export function isLimited(limits: StoredLimits): boolean {
  return limits.limitTo !== '' || limits.ip !== '';
}

/**
 * What a token made with `parent` takes over: every bundle of the parent's, each once, so that a chain of tokens that all carry
 * the same limits does not grow [GW-26]. Throws RestFault 403 past `LIMITS.inheritedLimitsMax`.
 */
export function inheritLimits(parent: Grant | null): readonly StoredLimits[] {
  const bundles = new Map<string, StoredLimits>();
  for (const { rules, addresses } of parent?.limits ?? []) {
    const bundle = { limitTo: textOf(rules), ip: textOf(addresses) };
    if (isLimited(bundle)) bundles.set(JSON.stringify(bundle), bundle);
  }
  if (bundles.size > LIMITS.inheritedLimitsMax) {
    throw new RestFault(403, 'This token descends from too many restricted tokens to make another.');
  }
  return [...bundles.values()];
}

function textOf(set: RuleSet | AddressSet | null): string {
  return set?.text ?? '';
}
