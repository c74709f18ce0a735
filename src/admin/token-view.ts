// A token of whatever system as `/api/v1` shows it.
import { DAY_MS, type Instant, LIMITS } from '../core/index.js';
import type { TokenAdministration } from '../plugin-kit/contract.js';
import type { RegisteredToken } from '../store/token-registry.js';
import type { CallCollecting, TokenAnswer, TokenStatus } from './api-types.js';

/** A token system as the control plane knows it. */
export interface TokenSystem {
  readonly name: string;
  readonly products: TokenSystemProducts;
  readonly tokens: Pick<TokenAdministration, 'revoke' | 'inspect' | 'issuing' | 'expiresSoonDays'>;
  /** Whether its calls are part of the usage details just now [EXT-44]. */
  collecting(): CallCollecting;
}

type TokenSystemProducts = readonly ('jira' | 'confluence' | 'cloud')[];

/** By the system's key. */
export type TokenSystems = ReadonlyMap<string, TokenSystem>;

/** `owner` is the user name, where there is such a user. */
export function showToken(token: RegisteredToken, owner: string | null, systems: TokenSystems, now: Instant): TokenAnswer {
  return {
    system: token.system,
    tokenRef: token.tokenRef,
    product: token.product,
    label: token.label,
    owner,
    ownerKey: token.owner,
    createdAt: new Date(token.createdAt).toISOString(),
    expiresAt: instantText(token.expiresAt),
    lastUsedAt: instantText(token.lastUsedAt),
    useCount: token.useCount,
    hasLimits: token.hasLimits,
    status: statusOf(token, systems.get(token.system), now),
  };
}

function statusOf({ expiresAt }: RegisteredToken, system: TokenSystem | undefined, now: Instant): TokenStatus {
  if (expiresAt === null) return 'active';
  // Valid while now < validUntil [GW-21].
  if (now >= expiresAt) return 'expired';
  const soonDays = system?.tokens.expiresSoonDays?.() ?? LIMITS.expiresSoonDays;
  return now >= expiresAt - soonDays * DAY_MS ? 'expires-soon' : 'active';
}

function instantText(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
