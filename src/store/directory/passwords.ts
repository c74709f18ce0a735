// Password hashes: which scheme new ones get, which are accepted, and how many are worked on at once.
import { HostError, LIMITS, type RandomSource, type Secret } from '../../core/index.js';
import { limiter } from '../../plugin-kit/limiter.js';
import { hashPkcs5s2, isPkcs5s2, verifyPkcs5s2, writePkcs5s2 } from '../../plugin-kit/pkcs5s2.js';
import { hashScrypt, isScrypt, verifyScrypt, writeScrypt } from './scrypt.js';

/** `pkcs5s2` is the vendor's, `scrypt` the stronger one [DIR-4]. */
export type PasswordScheme = 'pkcs5s2' | 'scrypt';

/** Hashes and checks on libuv's threads, never on the event loop. Throws HostError authn.unavailable when too many wait. */
export interface Passwords {
  /** What is stored for a new password. */
  hash(password: Secret): Promise<string>;
  /** Whether the password is the stored one. null (no such user, or one without a password) costs the same and is never right [GW-12]. */
  verify(password: Secret, stored: string | null): Promise<boolean>;
}

const SALT_BYTES = 16;
const KEY_BYTES = 32;

const SCHEMES = {
  pkcs5s2: { hash: hashPkcs5s2, write: writePkcs5s2 },
  scrypt: { hash: hashScrypt, write: writeScrypt },
} as const;

/** Passwords of which new ones are stored in `scheme`; both schemes verify. */
export function openPasswords(scheme: PasswordScheme, random: RandomSource): Passwords {
  const { hash, write } = SCHEMES[scheme];
  // Nobody's password: a random key that was derived from nothing. To check against it costs the same.
  const dummy = write(random.bytes(SALT_BYTES), random.bytes(KEY_BYTES));
  const inTurn = limiter({
    atOnceMax: LIMITS.passwordChecksMax,
    waitingMax: LIMITS.passwordChecksQueueMax,
    refusal: () => new HostError('authn.unavailable', { detail: 'Too many password checks are waiting for their turn.' }),
  });
  return {
    hash: (password) => inTurn(() => hash(password.reveal(), random.bytes(SALT_BYTES))),
    async verify(password, stored) {
      const isRight = await inTurn(() => compare(password.reveal(), stored ?? dummy));
      return isRight && stored !== null;
    },
  };
}

async function compare(text: string, stored: string): Promise<boolean> {
  if (isPkcs5s2(stored)) return await verifyPkcs5s2(text, stored);
  if (isScrypt(stored)) return await verifyScrypt(text, stored);
  // A scheme we cannot read says neither yes nor no.
  throw new HostError('authn.unavailable', { detail: 'A stored password is in a scheme that Postern does not know.' });
}
