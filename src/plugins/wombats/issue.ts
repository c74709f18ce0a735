// Makes and ends tokens: recorded first, then all of it in one transaction or nothing.
import { LIMITS, type Principal } from '../../core/index.js';
import type { Act, PluginHost } from '../../plugin-kit/contract.js';
import { mintText } from '../../plugin-kit/mint.js';
import { type Caller, RestFault } from '../../plugin-kit/rest.js';
import { hasAddresses, inheritLimits } from '../../plugin-kit/stored-limits.js';
import type { WombatsProfile } from './profile.js';
import type { TokenRequest } from './token-request.js';
import { hasLimits, type WombatsToken } from './token-row.js';
import type { TokenStore } from './tokens.js';

const ALPHANUMERICS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const VALUE_LENGTH = 35;
const ID_LENGTH = 16;
const SALT_BYTES = 16;

/** The tokens of one installation, and who acts on them. */
export interface Desk {
  readonly host: PluginHost;
  readonly profile: WombatsProfile;
  readonly tokens: TokenStore;
}

type By = Pick<Act, 'actor' | 'clientAddress'>;

/** Makes a token for the caller; resolves with its value, which nothing will show again [WOM-11]. Throws RestFault 403. */
export async function issueToken({ host, profile, tokens }: Desk, caller: Caller, request: TokenRequest, by: By) {
  if (caller.grant !== null && host.tokensMakeTokens === 'refuse') {
    throw new RestFault(403, 'A token may not be used to make another: log in with a password.');
  }
  const userKey = caller.principal.userKeys[profile.product];
  const value = mintText(host.random, ALPHANUMERICS, VALUE_LENGTH);
  const parentEnd = host.profile === 'gateway' ? (caller.grant?.validUntil ?? null) : null;
  const token = {
    tokenRef: `asp_${mintText(host.random, ALPHANUMERICS, ID_LENGTH)}`,
    userKey,
    username: caller.principal.username,
    label: request.label,
    salt: host.random.bytes(SALT_BYTES).toString('hex'),
    createdAt: host.clock.now(),
    lastAccessed: null,
    // A token made with a token does not outlive it [GW-26].
    expirationDate: parentEnd === null ? request.expirationDate : Math.min(parentEnd, request.expirationDate ?? parentEnd),
    usageCount: 0,
    limits: [request.limits, ...inheritLimits(caller.grant)],
  };
  await host.audit.act(actOn('token.created', profile, token, by), async () => {
    await host.transaction(async (manager) => {
      if ((await tokens.countOf(userKey)) >= LIMITS.tokensPerUserMax) {
        throw new RestFault(403, `A user may have at most ${LIMITS.tokensPerUserMax} tokens: delete some first.`);
      }
      await tokens.insert(manager, token, value);
      await host.tokens.add(manager, {
        system: profile.system,
        tokenRef: token.tokenRef,
        product: profile.product,
        label: token.label,
        owner: userKey,
        createdAt: token.createdAt,
        expiresAt: token.expirationDate,
        hasLimits: hasLimits(token),
        hasAddressLimit: hasAddresses(token.limits),
      });
    });
    host.forget(token.tokenRef);
  });
  return { tokenRef: token.tokenRef, value };
}

/** Ends a token. Resolves to false when somebody else ended it first. */
export function endToken({ host, profile, tokens }: Desk, token: WombatsToken, by: By): Promise<boolean> {
  return host.audit.act(actOn('token.deleted', profile, token, by), async () => {
    try {
      return await host.transaction(async (manager) => {
        if (!(await tokens.remove(manager, token))) return false;
        await host.tokens.remove(manager, profile.system, token.tokenRef);
        return true;
      });
    } finally {
      // Also when the commit's fate is unknown: what is forgotten in vain is only looked up again.
      host.forget(token.tokenRef);
    }
  });
}

function actOn(action: 'token.created' | 'token.deleted', profile: WombatsProfile, token: Omit<WombatsToken, 'id' | 'hash'>, by: By): Act {
  return {
    ...by,
    action,
    system: profile.system,
    tokenRef: token.tokenRef,
    detail: {
      label: token.label,
      user: token.username,
      userKey: token.userKey,
      expiresAt: token.expirationDate,
      hasLimits: hasLimits(token),
    },
  };
}

/** Who acts, for the record. */
export function actedBy(caller: Caller, clientAddress: string | null): { actor: Principal; clientAddress: string | null } {
  return { actor: caller.principal, clientAddress };
}
