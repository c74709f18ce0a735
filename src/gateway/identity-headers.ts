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

/** The header fields that tell the upstream who it is; none for anonymous. Throws HostError identity.missing or identity.unprintable. */
export async function identityHeaders(
  identity: Identity,
  product: UpstreamProduct,
  upstreamOrigin: string,
  how: IdentityMode,
): Promise<readonly [string, string][]> {
  // Never the service's own credential: that would make nobody somebody.
  if (identity.kind !== 'authenticated') return [];
  switch (how.mode) {
    case 'header':
      return [[how.header, printableName(identity.principal.username, how.userNames)]];
    case 'service':
      return [['Authorization', how.authorization()]];
    case 'per-user': {
      const authorization = await how.find(identity.principal.userId, product);
      if (authorization === null) throw new HostError('identity.missing');
      return [['Authorization', authorization]];
    }
    case 'jwt': {
      const token = await how.mint(identity.principal, product, upstreamOrigin);
      return [how.header === null ? ['Authorization', `Bearer ${token}`] : [how.header, token]];
    }
    default:
      return how satisfies never;
  }
}

function printableName(username: string, userNames: 'refuse' | 'percent'): string {
  // With percent-encoding on, `%` itself is encoded too, so that no two names look alike.
  if (userNames === 'percent') return encodeURIComponent(username);
  if (PRINTABLE_ASCII.test(username)) return username;
  throw new HostError('identity.unprintable');
}
