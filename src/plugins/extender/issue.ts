// Carries out what `tokenTools/set` asked for: recorded first, then all of it in one transaction or nothing.
import type { EntityManager } from 'typeorm';
import { DAY_MS, type Grant, type Instant, LIMITS, type Principal } from '../../core/index.js';
import type { Act, PluginHost } from '../../plugin-kit/contract.js';
import { mintBase64, mintText } from '../../plugin-kit/mint.js';
import { type Caller, RestFault } from '../../plugin-kit/rest.js';
import { hasAddresses, inheritLimits } from '../../plugin-kit/stored-limits.js';
import { SYSTEM } from './manifest.js';
import { tokenAct } from './token-act.js';
import type { SwitchChange, TokenRequest } from './token-request.js';
import { type ExtenderToken, hasLimits } from './token-row.js';
import type { TokenStore } from './tokens.js';

const VALUE_ALPHABET = '0123456789abcdefghijklmnopqrstuv';
const VALUE_LENGTH = 32;
const REF_BYTES = 64;

/** A new token that is not stored yet. */
export interface DraftToken {
  readonly token: ExtenderToken;
  readonly value: string;
}

/** Puts a token together. Throws RestFault 403 where a token may not make one [GW-26]. */
export function draftToken(
  host: PluginHost,
  caller: Caller,
  owner: Principal | null,
  request: TokenRequest,
  isReadable: boolean,
): DraftToken {
  const tokenRef = mintBase64(host.random, REF_BYTES);
  const value = request.value ?? mintText(host.random, VALUE_ALPHABET, VALUE_LENGTH);
  const createdAt = host.clock.now();
  const end = request.daysUntilExpiry === null ? null : createdAt + request.daysUntilExpiry * DAY_MS;
  const token: ExtenderToken = {
    tokenRef,
    valueCipher: isReadable ? host.keys.encrypt('token-value', value, tokenRef) : null,
    authorKey: caller.principal.userKeys.jira,
    userKey: owner?.userKeys.jira ?? null,
    userName: owner?.username ?? '',
    displayName: owner?.displayName ?? '',
    label: request.label,
    limits: request.limits,
    inherited: inheritLimits(caller.grant),
    createdAt,
    validUntil: host.profile === 'gateway' ? earlier(end, caller.grant) : end,
    counter: 0,
    lastUsedAt: null,
  };
  return { token, value };
}

/** A token made with a token does not outlive it [GW-26]. */
function earlier(end: Instant | null, parent: Grant | null): Instant | null {
  const parentEnd = parent?.validUntil ?? null;
  if (parentEnd === null) return end;
  return end === null ? parentEnd : Math.min(end, parentEnd);
}

/**
 * Stores the token, if any, and sets the switches, if any. Throws RestFault 409 when the value is in use, 403 when the user has
 * too many tokens.
 */
export async function carryOut(
  host: PluginHost,
  tokens: TokenStore,
  draft: DraftToken | null,
  changes: readonly SwitchChange[],
  by: Pick<Act, 'actor' | 'clientAddress'>,
): Promise<void> {
  const work = async (): Promise<void> => {
    const set = await storeAll(host, tokens, draft, changes);
    // Right after the commit, not after the record is closed: what is stored is in force.
    for (const change of set) change.commit();
    if (draft !== null) host.forget(draft.token.tokenRef);
  };
  await actsOf(draft, changes, by).reduceRight((inner, act) => () => host.audit.act(act, inner), work)();
}

type SetSwitch = Awaited<ReturnType<PluginHost['switches']['set']>>;

async function storeAll(
  host: PluginHost,
  tokens: TokenStore,
  draft: DraftToken | null,
  changes: readonly SwitchChange[],
): Promise<readonly SetSwitch[]> {
  try {
    return await host.transaction(async (manager) => {
      if (draft !== null) await storeToken(host, tokens, draft, manager);
      const set: SetSwitch[] = [];
      for (const { name, value } of changes) set.push(await host.switches.set(manager, name, value));
      return set;
    });
  } catch (error) {
    throw draft !== null && (await wasOvertaken(tokens, draft)) ? taken() : error;
  }
}

async function storeToken(host: PluginHost, tokens: TokenStore, { token, value }: DraftToken, manager: EntityManager): Promise<void> {
  if (await tokens.isTaken(manager, value)) throw taken();
  if (await tokens.isFull(manager, token)) {
    throw new RestFault(403, `A user may have at most ${LIMITS.tokensPerUserMax} tokens: delete some first.`);
  }
  await tokens.insert(manager, token, value);
  await host.tokens.add(manager, {
    system: SYSTEM,
    tokenRef: token.tokenRef,
    product: 'jira',
    label: token.label,
    owner: token.userKey,
    createdAt: token.createdAt,
    expiresAt: token.validUntil,
    hasLimits: hasLimits(token),
    hasAddressLimit: hasAddresses([token.limits, ...token.inherited]),
  });
}

/** Two requests for one value at once: the unique index lets one through, and each database words the other's failure differently. */
async function wasOvertaken(tokens: TokenStore, draft: DraftToken): Promise<boolean> {
  const holder = await tokens.findPresented(draft.value);
  return holder !== null && holder.tokenRef !== draft.token.tokenRef;
}

function taken(): RestFault {
  return new RestFault(409, 'token: this value is in use already.', { kind: 'token-taken' });
}

/** What is recorded, outermost first: the record stands before the deed, and each act has one of its own. */
function actsOf(draft: DraftToken | null, changes: readonly SwitchChange[], by: Pick<Act, 'actor' | 'clientAddress'>): readonly Act[] {
  const acts: Act[] = [];
  if (changes.length > 0) {
    const detail = Object.fromEntries(changes.map(({ property, value }) => [property, value]));
    acts.push({ ...by, action: 'switch.changed', system: SYSTEM, tokenRef: null, detail });
  }
  if (draft !== null) acts.push(tokenAct('token.created', draft.token, by));
  return acts;
}
