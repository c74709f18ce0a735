// Sessions of the pages in the database, so that every node knows of each, and one that is ended is ended everywhere. The cookie's value
// is random and stored as a keyed digest; the page token against forged requests is another digest of it, and stored nowhere.
import { timingSafeEqual } from 'node:crypto';
import { type EntityManager, In, LessThan } from 'typeorm';
import { type Clock, LIMITS, type Principal, type RandomSource, Secret, type SiteKeys } from '../core/index.js';
import type { Store } from './contract.js';
import { posternSessionTable } from './tables/postern-session.js';

/** Whose session it is. The user may have been deactivated since: the directory is asked each time. */
export interface SessionOwner {
  readonly userId: number;
  readonly username: string;
}

export interface Sessions {
  /** Begins a session; resolves with the cookie's value. */
  begin(user: Principal): Promise<Secret>;
  /** The owner, while the session lasts; notes that it is in use. */
  find(value: Secret): Promise<SessionOwner | null>;
  /** Whether it lasts; asking is no use of it. */
  lasts(value: Secret): Promise<boolean>;
  /** Calls `listener` when sessions may have been ended through this object: which ones, it asks. */
  onEnd(listener: () => void): void;
  /** Ends it; nothing happens where there is none. */
  end(value: Secret): Promise<void>;
  /** What a page must send along with every change it asks for. */
  pageToken(value: Secret): string;
  isPageToken(value: Secret, token: string): boolean;
}

export interface SessionsNeeds {
  readonly store: Store;
  readonly keys: SiteKeys;
  readonly clock: Clock;
  readonly random: RandomSource;
}

interface SessionRow {
  readonly digest: string;
  readonly user_id: number | string;
  readonly username: string;
  readonly created_at: number | string;
  readonly seen_at: number | string;
}

const VALUE_BYTES = 32;

/** The sessions on a migrated store. */
export function openSessions({ store, keys, clock, random }: SessionsNeeds): Sessions {
  const listeners: (() => void)[] = [];
  const tellEnded = (): void => {
    for (const listener of listeners) listener();
  };
  const digestsOf = (value: Secret): string[] => keys.digests('session', value.reveal()).map(({ digest }) => digest);
  const read = async (value: Secret): Promise<SessionRow | null> => {
    const digests = digestsOf(value);
    const marks = digests.map(() => '?').join(', ');
    const [row] = await store.read<SessionRow>(`SELECT * FROM postern_session WHERE digest IN (${marks})`, digests);
    return row !== undefined && isAlive(row, clock.now()) ? row : null;
  };
  return {
    async begin(user) {
      const value = new Secret(random.bytes(VALUE_BYTES).toString('base64url'));
      const now = clock.now();
      const { digest } = keys.digest('session', value.reveal());
      await store.transaction(async (manager) => {
        await manager.delete(posternSessionTable, { seen_at: LessThan(now - LIMITS.sessionIdleMs) });
        await manager.delete(posternSessionTable, { created_at: LessThan(now - LIMITS.sessionMsMax) });
        await makeRoom(manager, { user_id: user.userId }, LIMITS.sessionsPerUserMax);
        await makeRoom(manager, {}, LIMITS.sessionsMax);
        await manager.insert(posternSessionTable, {
          digest,
          user_id: user.userId,
          username: user.username,
          created_at: now,
          seen_at: now,
        });
      });
      // It may have taken the place of older ones.
      tellEnded();
      return value;
    },

    async find(value) {
      const row = await read(value);
      if (row === null) return null;
      if (clock.now() - Number(row.seen_at) >= LIMITS.sessionNoteMs) await noteUse(store, row.digest, clock.now());
      return { userId: Number(row.user_id), username: row.username };
    },

    lasts: async (value) => (await read(value)) !== null,

    onEnd: (listener) => void listeners.push(listener),

    async end(value) {
      await store.transaction((manager) => manager.delete(posternSessionTable, { digest: In(digestsOf(value)) }));
      tellEnded();
    },

    pageToken: (value) => keys.digest('session-csrf', value.reveal()).digest,
    isPageToken: (value, token) => keys.digests('session-csrf', value.reveal()).some(({ digest }) => isSame(digest, token)),
  };
}

function isAlive(row: SessionRow, now: number): boolean {
  return now - Number(row.seen_at) < LIMITS.sessionIdleMs && now - Number(row.created_at) < LIMITS.sessionMsMax;
}

async function noteUse(store: Store, digest: string, now: number): Promise<void> {
  // Never made anew: a session that was ended meanwhile stays so.
  await store.transaction((manager) => manager.update(posternSessionTable, { digest, seen_at: LessThan(now) }, { seen_at: now }));
}

/** Ends the sessions unused longest until there is room for one more. */
async function makeRoom(manager: EntityManager, of: { user_id?: number }, max: number): Promise<void> {
  const excess = (await manager.countBy(posternSessionTable, of)) - max + 1;
  if (excess <= 0) return;
  const oldest = await manager.find(posternSessionTable, { where: of, order: { seen_at: 'ASC' }, take: excess, select: { digest: true } });
  await manager.delete(posternSessionTable, { digest: In(oldest.map(({ digest }) => digest)) });
}

function isSame(digest: string, token: string): boolean {
  const [left, right] = [Buffer.from(digest), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}
