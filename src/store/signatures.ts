// Signatures with the site's keys: Ed25519 (RFC 8032), whose private key is derived for one purpose like every other, so that there is
// nothing more to keep than the site's key, and whose public half lets an auditor check what he cannot make.
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { KeyPurpose, SiteKeys } from '../core/index.js';
import type { SiteKey } from './key-file.js';

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 §7). */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = { type: 'spki', format: 'pem' } as const;

/** The part of the key ring that signs. `derive` makes 32 bytes for a purpose. */
export function signatures(
  siteKeys: readonly [SiteKey, ...SiteKey[]],
  derive: (siteKey: SiteKey, purpose: string) => KeyObject,
): Pick<SiteKeys, 'sign' | 'verify' | 'publicKeys'> {
  const [current] = siteKeys;
  const made = new Map<string, KeyObject>();

  function keyFor(siteKey: SiteKey, purpose: KeyPurpose): KeyObject {
    const name = `${siteKey.id}/${purpose}`;
    let found = made.get(name);
    if (found === undefined) {
      const seed = derive(siteKey, `sign/${purpose}`).export();
      found = createPrivateKey({ key: Buffer.concat([ED25519_PREFIX, seed]), format: 'der', type: 'pkcs8' });
      made.set(name, found);
    }
    return found;
  }

  return {
    sign: (purpose, text) => ({
      keyId: current.id,
      signature: sign(null, Buffer.from(text, 'utf8'), keyFor(current, purpose)).toString('base64url'),
    }),

    verify(purpose, text, { keyId, signature }) {
      const siteKey = siteKeys.find((candidate) => candidate.id === keyId);
      if (siteKey === undefined) return null;
      return isSignature(text, createPublicKey(keyFor(siteKey, purpose)), signature);
    },

    publicKeys: (purpose) =>
      new Map(siteKeys.map((siteKey) => [siteKey.id, createPublicKey(keyFor(siteKey, purpose)).export(SPKI).toString()])),
  };
}

/** Whether the holder of the key's private half signed the text. */
export function isSignature(text: string, publicKey: KeyObject, signature: string): boolean {
  return verify(null, Buffer.from(text, 'utf8'), publicKey, Buffer.from(signature, 'base64url'));
}
