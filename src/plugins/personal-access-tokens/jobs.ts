// What happens to tokens by itself: pruning, the users who are no more, the mails about a token's end, and the flush of last uses. The two
// installations share one table, so the jobs belong to one of them and run once [PAT-50 … PAT-52, PAT-54].
import { DAY_MS, type Instant, LIMITS } from '../../core/index.js';
import type { Job } from '../../plugin-kit/contract.js';
import type { Desk } from './desk.js';
import { notify } from './notify.js';
import { PROPERTIES } from './properties.js';
import { endToken } from './revoke.js';
import type { By } from './token-act.js';
import type { NotificationState, PersonalToken } from './token-row.js';

type Needs = Pick<Desk, 'host' | 'tokens'>;

const MINUTE_MS = 60_000;
const BY_ITSELF: By = { actor: null, clientAddress: null };
const ALL_STATES: readonly NotificationState[] = ['NOT_SENT', 'EXPIRE_SOON_SENT', 'EXPIRED_SENT'];

/** The jobs of both installations. */
export function createJobs(needs: Needs): readonly Job[] {
  const { host, tokens } = needs;
  return [
    {
      name: 'personal-access-tokens: prune',
      schedule: { cron: host.setting(PROPERTIES.pruningSchedule) },
      run: () => prune(needs),
    },
    {
      name: 'personal-access-tokens: deleted users',
      schedule: { cron: host.setting(PROPERTIES.deletedUserSchedule) },
      run: () => endTokensOfNobody(needs),
    },
    {
      name: 'personal-access-tokens: expiry check',
      schedule: { cron: host.setting(PROPERTIES.expiryCheckSchedule) },
      run: () => checkExpiry(needs),
    },
    {
      name: 'personal-access-tokens: last use',
      schedule: { everyMs: host.setting(PROPERTIES.lastUsedInterval) * MINUTE_MS },
      run: async () => {
        await host.settleUses();
        await tokens.flushUses();
      },
    },
  ];
}

/** Deletes what expired more than the delay ago [PAT-50]. */
async function prune(needs: Needs): Promise<void> {
  const { host, tokens } = needs;
  // A token that expired exactly so long ago stays.
  const until = host.clock.now() - host.setting(PROPERTIES.pruningDelay) * DAY_MS - 1;
  await workOff(
    (startAt) => tokens.listEnding(until, ALL_STATES, startAt, LIMITS.jobPageMax),
    (token) => endToken(needs, token, BY_ITSELF, 'expired'),
  );
}

/** Deletes the tokens whose user is no more; until then they stay listed [PAT-50, DIR-7]. */
async function endTokensOfNobody(needs: Needs): Promise<void> {
  const { host, tokens } = needs;
  const behind = (key: string) => tokens.listUserKeys(key, LIMITS.jobPageMax);
  for (let keys = await behind(''); keys.length > 0; keys = await behind(keys.at(-1) ?? '')) {
    const there = await host.directory.findManyByUserKey(keys);
    for (const key of keys.filter((each) => !there.has(each))) {
      await workOff(
        (startAt) => tokens.listOf(key, startAt, LIMITS.jobPageMax),
        (token) => endToken(needs, token, BY_ITSELF, 'owner-deleted'),
      );
    }
  }
}

/** Each mail at most once for a token, and none about what is still to come once it is over [PAT-51]. */
async function checkExpiry(needs: Needs): Promise<void> {
  const { host } = needs;
  // Nothing is said to be sent while nothing is.
  if (!host.setting(PROPERTIES.mails)) return;
  const now = host.clock.now();
  const soon = now + host.setting(PROPERTIES.warningDays) * DAY_MS;
  await tell(needs, 'expired', now, ['NOT_SENT', 'EXPIRE_SOON_SENT'], 'EXPIRED_SENT');
  await tell(needs, 'expires-soon', soon, ['NOT_SENT'], 'EXPIRE_SOON_SENT');
}

async function tell(
  { host, tokens }: Needs,
  kind: 'expired' | 'expires-soon',
  until: Instant,
  before: readonly NotificationState[],
  state: NotificationState,
): Promise<void> {
  await workOff(
    (startAt) => tokens.listEnding(until, before, startAt, LIMITS.jobPageMax),
    async (token) => {
      if (kind === 'expires-soon' && isOver(token, host.clock.now())) return false;
      const owner = await host.directory.findByUserKey(token.userKey);
      return host.transaction(async (manager) => {
        // The state first, and the mail with it or not at all.
        const isOurs = await tokens.setState(manager, token, before, state);
        if (isOurs) await notify(host, manager, owner, { kind, token });
        return isOurs;
      });
    },
  );
}

function isOver({ expiresAt }: PersonalToken, now: Instant): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** Takes on page after page. What was worked on is in the list no longer; what was not is passed over, so that this ends. */
async function workOff(
  next: (startAt: number) => Promise<readonly PersonalToken[]>,
  work: (token: PersonalToken) => Promise<boolean>,
): Promise<void> {
  let left = 0;
  for (let page = await next(0); page.length > 0; page = await next(left)) {
    for (const token of page) if (!(await work(token))) left += 1;
  }
}
