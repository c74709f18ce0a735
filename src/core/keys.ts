// What the site's keys can do. The keys themselves live outside the database [GW-13].
import type { KeyObject } from 'node:crypto';
import type { Instant } from './instant.js';

/** A keyed digest and the id of the key that made it. */
export interface KeyedDigest {
  readonly keyId: string;
  /** Lower-case hex of HMAC-SHA-256. */
  readonly digest: string;
}

/** What a digest or a cipher text is for: each purpose has a key of its own, derived from the site's. */
export type KeyPurpose =
  | 'token'
  | 'credential-digest'
  | 'token-value'
  | 'upstream-credential'
  | 'audit'
  | 'login-failure'
  | 'session'
  | 'session-csrf';

export interface SiteKeys {
  /** Digest under the current key: what is stored. */
  digest(purpose: KeyPurpose, text: string): KeyedDigest;
  /** Digests under the current and every retired key, the current first: what is looked for. */
  digests(purpose: KeyPurpose, text: string): readonly KeyedDigest[];
  /** Authenticated encryption under the current key; `context` is bound in and must be given again. Text form, key id included. */
  encrypt(purpose: KeyPurpose, plainText: string, context: string): string;
  /** Undoes `encrypt`; throws when the key is gone or the text was changed. */
  decrypt(purpose: KeyPurpose, cipherText: string, context: string): string;
  /** Signs under the current key: Ed25519, so that whoever checks need not be able to sign. */
  sign(purpose: KeyPurpose, text: string): Signature;
  /** Whether `signature` is that of `text`; null when the key is not in the file. */
  verify(purpose: KeyPurpose, text: string, signature: Signature): boolean | null;
  /** The public half of each key for one purpose, by key id: SPKI in PEM. */
  publicKeys(purpose: KeyPurpose): ReadonlyMap<string, string>;
}

/** An Ed25519 signature (RFC 8032) and the id of the key that made it. */
export interface Signature {
  readonly keyId: string;
  /** 64 bytes in base64url. */
  readonly signature: string;
}

/** What signs the tokens that tell the upstream the user [GW-42]. */
export interface SigningKeys {
  current(): SigningKey;
  /** The public halves of every key whose tokens may still be valid, the current first. */
  published(now: Instant): readonly PublicJwk[];
}

export interface SigningKey {
  readonly keyId: string;
  /** Opaque: it prints itself without its content. */
  readonly privateKey: KeyObject;
}

/** The public half of a key on P-256, as RFC 7517 and RFC 7518 §6.2 write it. */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly alg: 'ES256';
  readonly use: 'sig';
  readonly kid: string;
  readonly x: string;
  readonly y: string;
}
