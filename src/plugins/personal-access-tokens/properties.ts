// The vendor's system properties under their own names, in every way of giving one [PAT-40].
import { LIMITS } from '../../core/index.js';
import { integerSetting, type SettingSpec } from '../../plugin-kit/setting.js';

const PREFIX = 'atlassian.pats.';

/** In the environment under the exact name, where the launcher can pass a name with dots, and in capitals everywhere. */
function vendorNames<T>(spec: SettingSpec<T>): SettingSpec<T> {
  return { ...spec, variables: [spec.name, spec.name.toUpperCase().replaceAll('.', '_')] };
}

/** True for `true` and nothing else; nothing is malformed. */
function flag(name: string, fallback: boolean, about: string): SettingSpec<boolean> {
  return vendorNames({
    name: PREFIX + name,
    fallback: { emulator: fallback, gateway: fallback },
    about,
    form: 'true; anything else is false',
    parse: (value) => String(value) === 'true',
  });
}

/** A malformed one is warned of, and the default holds. */
function integer(name: string, range: { min: number; max: number }, fallback: number, about: string): SettingSpec<number> {
  return vendorNames({ ...integerSetting(PREFIX + name, range, fallback, about), isLenient: true });
}

/** What cannot be read as one is named in a warning when the jobs are scheduled, and that job does not run. */
function cron(name: string, fallback: string, about: string): SettingSpec<string> {
  return vendorNames({
    name: PREFIX + name,
    fallback: { emulator: fallback, gateway: fallback },
    about,
    form: 'a Quartz cron expression, in the machine’s own time zone',
    parse: (value) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined),
    isLenient: true,
  });
}

const DAYS_MAX = 1_000_000;
/** Past it a timer of node fires at once. */
const MINUTES_MAX = 35_000;

/** All fifteen, in the order of the vendor's page. */
export const PROPERTIES = {
  enabled: flag('enabled', true, 'Whether personal access tokens can be made and used; lists stay.'),
  eternalTokens: flag('eternal.tokens.enabled', true, 'Whether tokens that do not expire can be made.'),
  mails: flag('mail.notifications.enabled', true, 'Whether users get mails about their tokens.'),
  lastUsedInterval: integer(
    'last.used.update.interval.mins',
    { min: 1, max: MINUTES_MAX },
    1,
    'Minutes between two updates of LAST_ACCESSED_AT in the table; answers are never behind.',
  ),
  pruningSchedule: cron('pruning.schedule.cron', '0 0 0 * * ?', 'When tokens that expired long ago are deleted.'),
  pruningDelay: integer('pruning.delay.days', { min: 0, max: DAYS_MAX }, 30, 'Days that an expired token is kept.'),
  maxExpiryDays: integer(
    'max.tokens.expiry.days',
    { min: 0, max: DAYS_MAX },
    365,
    'Days until the end of a new token, at most; existing tokens keep theirs.',
  ),
  maxTokens: integer(
    'max.tokens.per.user',
    { min: 0, max: LIMITS.tokensPerUserMax },
    10,
    'Tokens of one user in one product, expired ones counted.',
  ),
  cacheMinutes: integer(
    'auth.cache.expiry.mins',
    { min: 0, max: DAYS_MAX },
    60,
    'Minutes until the slow hash of a token is computed again.',
  ),
  cacheItems: integer('auth.cache.max.items', { min: 0, max: DAYS_MAX }, 5000, 'Tokens whose slow hash is remembered; 0: none.'),
  expiryCheckSchedule: cron('expiry.check.schedule.cron', '0 0 * * * ?', 'When mails about tokens that expire are written.'),
  warningDays: integer('expiry.warning.days', { min: 0, max: DAYS_MAX }, 5, 'Days before its end at which a token is said to expire soon.'),
  invalidateSession: flag('invalidate.session.enabled', true, 'Whether no session survives a request that is made with a token.'),
  nameLength: integer('token.name.length', { min: 1, max: 255 }, 40, 'Characters of a token’s name, at most.'),
  deletedUserSchedule: cron('deleted.user.pruning.schedule.cron', '0 0 0 * * ?', 'When tokens of users who no longer exist are deleted.'),
} as const satisfies Record<string, SettingSpec<boolean> | SettingSpec<number> | SettingSpec<string>>;
