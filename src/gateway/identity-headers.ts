// How the upstream learns the user, by setting: a header, one service credential, each user's own, or a signed token [GW-42].
import { HostError, type Identity, type UpstreamProduct } from '../core/index.js';
import type { MintIdentityToken } from './identity-token.js';

export type IdentityMode =
  | { readonly mode: 'header'; readonly header: string; readonly userNames: 'refuse' | 'percent' }
  | { readonly mode: 'service'; readonly authorization: () => string }
  | { readonly mode: 'per-user'; readonly find: (userId: number, product: UpstreamProduct) => Promise<string | null> }
  /** `header` null: as a bearer in Authorization; else the token alone in that field, as other gates' assertions are sent. */
  | { readonly mode: 'jwt'; readonly header: string | null; readonly mint: MintIdentityToken };

const PRINTABLE_ASCII = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

export type Fields = readonly (readonly [name: string, value: string])[];

/**
 * The header fields that tell the upstream who it is, at once where nobody need be asked; none for anonymous. Throws, or rejects with,
 * HostError identity.missing or identity.unprintable.
 */
export function identityHeaders(
  identity: Identity,
  product: UpstreamProduct,
  upstreamOrigin: string,
  how: IdentityMode,
): Fields | Promise<Fields> {
  // Never the service's own credential: that would make nobody somebody.
  if (identity.kind !== 'authenticated') return [];
  switch (how.mode) {
    case 'header':
      return [[how.header, printableName(identity.principal.username, how.userNames)]];
    case 'service':
      return [['Authorization', how.authorization()]];
    case 'per-user':
      return how.find(identity.principal.userId, product).then(ownCredential);
    case 'jwt':
      return how
        .mint(identity.principal, product, upstreamOrigin)
        .then((token): Fields => [how.header === null ? ['Authorization', `Bearer ${token}`] : [how.header, token]]);
    default:
      return how satisfies never;
  }
}

function ownCredential(authorization: string | null): Fields {
  if (authorization === null) throw new HostError('identity.missing');
  return [['Authorization', authorization]];
}

function printableName(username: string, userNames: 'refuse' | 'percent'): string {
  // With percent-encoding on, `%` itself is encoded too, so that no two names look alike.
  if (userNames === 'percent') return encodeURIComponent(username);
  if (PRINTABLE_ASCII.test(username)) return username;
  throw new HostError('identity.unprintable');
}
