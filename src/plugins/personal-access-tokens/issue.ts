// Makes a token: recorded first, then its rows and the mail about it in one transaction or not at all.
import type { Grant, Instant } from '../../core/index.js';
import { type Caller, RestFault } from '../../plugin-kit/rest.js';
import { hasAddresses, inheritLimits } from '../../plugin-kit/stored-limits.js';
import type { Desk } from './desk.js';
import { notify } from './notify.js';
import { PROPERTIES } from './properties.js';
import { type By, tokenAct } from './token-act.js';
import { mintSecret, mintTokenId, refOf, writeRawToken } from './token-format.js';
import { requireRoom, type TokenRequest } from './token-request.js';
import type { PersonalToken } from './token-row.js';

/** Throws RestFault 403 where a token may not make one [GW-26]. */
export function mayIssue({ host }: Desk, caller: Caller): void {
  if (caller.grant !== null && host.tokensMakeTokens === 'refuse') {
    throw new RestFault(403, 'A token may not be used to make another: log in with a password.');
  }
}

/** Resolves with the token and its raw value, which nothing will show again [PAT-21]. Throws RestFault 403 when the user has too many. */
export async function issueToken(
  desk: Desk,
  caller: Caller,
  request: TokenRequest,
  by: By,
): Promise<{ readonly token: PersonalToken; readonly rawToken: string }> {
  const { host, profile, tokens, hashes } = desk;
  const { principal, grant } = caller;
  const parts = { tokenId: await freshTokenId(desk), secretText: mintSecret(host.random) };
  const draft = {
    tokenId: parts.tokenId,
    tokenRef: refOf(parts.tokenId),
    userKey: principal.userKeys[profile.product],
    name: request.name,
    hashedToken: await hashes.hash(parts),
    createdAt: request.askedAt,
    expiresAt: host.profile === 'gateway' ? earlier(request.expiresAt, grant) : request.expiresAt,
    lastUsedAt: null,
    useCount: 0,
    inherited: inheritLimits(grant),
  };
  const token = await host.audit.act(tokenAct('token.created', draft, principal.username, by), async () => {
    const stored = await host.transaction(async (manager) => {
      // Again, now that it is our turn.
      requireRoom(await tokens.countWithin(manager, draft.userKey), host.setting(PROPERTIES.maxTokens));
      const made = { ...draft, id: await tokens.insert(manager, draft) };
      await host.tokens.add(manager, {
        system: profile.system,
        tokenRef: made.tokenRef,
        product: profile.product,
        label: made.name,
        owner: made.userKey,
        createdAt: made.createdAt,
        expiresAt: made.expiresAt,
        hasLimits: made.inherited.length > 0,
        hasAddressLimit: hasAddresses(made.inherited),
      });
      await notify(host, manager, principal, { kind: 'created', token: made });
      return made;
    });
    host.forget(stored.tokenRef);
    return stored;
  });
  return { token, rawToken: writeRawToken(parts) };
}

/** Twelve digits that no token has. Should another take the same right now, its row is in the way of ours, and nothing is stored. */
async function freshTokenId({ host, tokens }: Desk): Promise<string> {
  let tokenId = mintTokenId(host.random);
  while ((await tokens.findByTokenId(tokenId)) !== null) tokenId = mintTokenId(host.random);
  return tokenId;
}

/** A token made with a token does not outlive it [GW-26]. */
function earlier(end: Instant | null, parent: Grant | null): Instant | null {
  const parentEnd = parent?.validUntil ?? null;
  if (parentEnd === null) return end;
  return end === null ? parentEnd : Math.min(end, parentEnd);
}
