// The raw token: base64 of twelve digits, a colon and twenty random bytes [PAT-1].
import type { RandomSource } from '../../core/index.js';
import { mintText } from '../../plugin-kit/mint.js';

const ID_LENGTH = 12;
const SECRET_BYTES = 20;
const COLON = 0x3a;

/** 33 bytes are 44 characters without padding; the first holds the high bits of a digit. */
const RAW = /^[MNO][A-Za-z0-9+/]{43}$/;

export interface TokenParts {
  /** Twelve digits; no secret. */
  readonly tokenId: string;
  /** The twenty bytes as base64 text: what the hash is made from [PAT-2]. */
  readonly secretText: string;
}

/** Twelve fresh digits. */
export function mintTokenId(random: RandomSource): string {
  return mintText(random, '0123456789', ID_LENGTH);
}

/** A fresh secret as base64 text. */
export function mintSecret(random: RandomSource): string {
  return random.bytes(SECRET_BYTES).toString('base64');
}

/** The token as its owner gets it. */
export function writeRawToken({ tokenId, secretText }: TokenParts): string {
  return Buffer.concat([Buffer.from(`${tokenId}:`, 'latin1'), Buffer.from(secretText, 'base64')]).toString('base64');
}

/** The parts of a raw token; null for what is none. */
export function readRawToken(raw: string): TokenParts | null {
  if (!RAW.test(raw)) return null;
  const bytes = Buffer.from(raw, 'base64');
  const tokenId = bytes.toString('latin1', 0, ID_LENGTH);
  if (!/^\d+$/.test(tokenId) || bytes[ID_LENGTH] !== COLON) return null;
  return { tokenId, secretText: bytes.subarray(ID_LENGTH + 1).toString('base64') };
}

/** The token's name across all systems, safe to log: the readable part behind a prefix of this system's own. */
export function refOf(tokenId: string): string {
  return `pat-${tokenId}`;
}

/** The readable part of such a name; null for a name of another kind. */
export function tokenIdOf(tokenRef: string): string | null {
  return /^pat-(\d{12})$/.exec(tokenRef)?.[1] ?? null;
}
