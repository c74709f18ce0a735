// What the site's keys do: keyed digests and authenticated encryption, with a key of its own for each purpose [GW-13].
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { HostError, type KeyedDigest, type KeyPurpose, type RandomSource, type SiteKeys } from '../core/index.js';
import type { SiteKey } from './key-file.js';
import { signatures } from './signatures.js';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
// Said to Node explicitly: it takes shorter tags otherwise, which are easy to forge.
const TAG_BYTES = 16;
const FORMAT = 'v1';

/** Tells two keys of one id apart without giving either away: stored in the database, beside the id. */
export function checkValue(key: SiteKey): string {
  return createHmac('sha256', deriveKey(key, 'check')).update('check').digest('hex');
}

/** The keys at work; the first one is the current one. */
export function keyRing(siteKeys: readonly [SiteKey, ...SiteKey[]], random: RandomSource): SiteKeys {
  const [current] = siteKeys;
  const derived = new Map<string, KeyObject>();

  function keyFor(siteKey: SiteKey, purpose: KeyPurpose): KeyObject {
    const name = `${siteKey.id}/${purpose}`;
    let found = derived.get(name);
    if (found === undefined) {
      found = deriveKey(siteKey, `purpose/${purpose}`);
      derived.set(name, found);
    }
    return found;
  }

  function digestUnder(siteKey: SiteKey, purpose: KeyPurpose, text: string): KeyedDigest {
    return { keyId: siteKey.id, digest: createHmac('sha256', keyFor(siteKey, purpose)).update(text, 'utf8').digest('hex') };
  }

  return {
    digest: (purpose, text) => digestUnder(current, purpose, text),
    digests: (purpose, text) => siteKeys.map((siteKey) => digestUnder(siteKey, purpose, text)),

    encrypt(purpose, plainText, context) {
      const nonce = random.bytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, keyFor(current, purpose), nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context, 'utf8'));
      const body = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()]);
      return `${FORMAT}.${current.id}.${Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')}`;
    },

    decrypt(purpose, cipherText, context) {
      const [format, keyId, encoded = '', ...rest] = cipherText.split('.');
      const siteKey = siteKeys.find((candidate) => candidate.id === keyId);
      const bytes = Buffer.from(encoded, 'base64url');
      // Buffer reads base64 leniently: a text that is not what we would write was changed.
      const isWhole =
        format === FORMAT && rest.length === 0 && bytes.toString('base64url') === encoded && bytes.length >= NONCE_BYTES + TAG_BYTES;
      if (!isWhole) throw undecipherable('it is not a text that Postern wrote');
      if (siteKey === undefined) throw undecipherable(`the key ${keyId} is not in the key file`);
      const decipher = createDecipheriv(CIPHER, keyFor(siteKey, purpose), bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(context, 'utf8'));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw undecipherable('it was changed, or belongs to something else', cause);
      }
    },

    ...signatures(siteKeys, deriveKey),
  };
}

/** HKDF-SHA-256 (RFC 5869): no purpose can stand in for another. */
function deriveKey(siteKey: SiteKey, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', siteKey.secret, Buffer.alloc(0), `postern/1/${purpose}`, 32)));
}

function undecipherable(reason: string, cause?: unknown): HostError {
  return new HostError('store.unavailable', { detail: `A stored cipher text cannot be read: ${reason}.`, cause });
}
