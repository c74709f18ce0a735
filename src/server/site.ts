// The settings in the forms that the line wants.
import { ConfigError, type Settings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import { type Clock, foldHeaderName, type RandomSource, type SigningKeys, uuidSource } from '../core/index.js';
import type { OutboundSettings } from '../gateway/gateway.js';
import type { IdentityMode } from '../gateway/identity-headers.js';
import { identityTokens } from '../gateway/identity-token.js';
import { compileSitePolicy, type SitePolicy, StatementError, tooWide } from '../policy/index.js';
import type { UpstreamCredentials } from '../store/upstream-credentials.js';

/** The compiled site policy. Throws ConfigError with the entry's place. */
export function sitePolicy(settings: Settings): SitePolicy {
  try {
    return compileSitePolicy(settings.get(S.policy), { passwords: settings.get(S.passwords), anonymous: settings.get(S.anonymous) });
  } catch (error) {
    if (error instanceof StatementError) throw new ConfigError([error.message]);
    throw error;
  }
}

/** What the four ways to tell the user stand on. */
export interface IdentityNeeds {
  readonly credentials: UpstreamCredentials;
  readonly signing: SigningKeys;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** What is told to the upstream, and what passes. */
export function outboundSettings(settings: Settings, needs: IdentityNeeds): OutboundSettings {
  const identity = identityMode(settings, needs);
  return {
    identity,
    identityHeaders: new Set('header' in identity && identity.header !== null ? [foldHeaderName(identity.header)] : []),
    cookies: settings.get(S.cookies),
    anonymous: settings.get(S.anonymous),
    challenges: settings.get(S.upstreamChallenges),
    baseOrigin: settings.get(S.baseUrl)?.origin ?? null,
  };
}

function identityMode(settings: Settings, { credentials, signing, clock, random }: IdentityNeeds): IdentityMode {
  const said = settings.get(S.upstreamIdentity);
  if (said === null) throw new Error('checkSettings lets no start without an identity mode through');
  switch (said.mode) {
    case 'header':
      return { mode: 'header', header: said.header, userNames: settings.get(S.upstreamUserNames) };
    case 'service':
      return { mode: 'service', authorization: () => settings.get(S.upstreamCredential)?.reveal() ?? '' };
    case 'per-user':
      return { mode: 'per-user', find: async (userId, product) => (await credentials.get(userId, product))?.reveal() ?? null };
    case 'jwt': {
      const issuer = settings.get(S.baseUrl)?.origin;
      if (issuer === undefined) throw new Error('checkSettings lets no start with tokens of an unknown issuer through');
      return { mode: 'jwt', header: said.header, mint: identityTokens({ signing, issuer, clock, newId: uuidSource(clock, random) }) };
    }
    default:
      return said satisfies never;
  }
}

/** What an operator should know about the settings in force. */
export function siteNotes(settings: Settings): readonly string[] {
  const notes: string[] = [];
  const policy = settings.get(S.policy);
  if (policy !== null && policy.every(({ effect }) => effect === 'forbid'))
    notes.push('the policy holds no permit, so every authenticated request is denied');
  if (settings.get(S.passThrough) && settings.get(S.cookies) === 'strip' && settings.get(S.anonymous) === 'refuse')
    notes.push('passThrough: cookies are stripped, so nobody can log in on the product’s pages; anonymous: forward lets theirs pass');
  const proxies = settings.get(S.trustedProxies);
  const wide = proxies === null ? [] : tooWide(proxies.text);
  if (wide.length > 0) notes.push(`trustedProxies: ${wide.join(', ')} believes X-Forwarded-For from anybody`);
  return notes;
}
