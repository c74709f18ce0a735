// The settings of the audit trail beyond the spool: where records go, and how long the spool keeps them [AUD-22, AUD-24].
import { isIP } from 'node:net';
import * as z from 'zod';
import { Secret } from '../core/index.js';
import { integerSetting, SettingError, type SettingSpec } from '../plugin-kit/setting.js';

/** One entry of `audit.sinks`, with its defaults. */
export type SinkSetting = z.infer<typeof SINK>;

const common = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens, 40 at most'),
  mode: z.enum(['required', 'best-effort']).default('best-effort'),
  format: z.enum(['json', 'cef', 'ocsf']).default('json'),
  timeoutMs: z.number().int().min(100).max(30_000).default(2_000),
};

const FILE = z.strictObject({
  kind: z.literal('file'),
  ...common,
  path: z.string().min(1),
  rotateBytes: z.number().int().min(10_000).max(10_000_000_000).default(100_000_000),
  rotateHours: z.number().int().min(1).max(8_784).default(24),
  keepFiles: z.number().int().min(1).max(10_000).default(30),
});

const SYSLOG = z.strictObject({
  kind: z.literal('syslog'),
  ...common,
  mode: z
    .literal('best-effort', 'cannot be required: syslog has no acknowledgement to wait for; use a file or a webhook')
    .default('best-effort'),
  address: z.string().transform((text, context) => {
    const found = /^(tcp|tls):\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(text);
    const host = (found?.[2] ?? '').replace(/^\[|\]$/g, '');
    const port = Number(found?.[3] ?? 0);
    const isSound = found !== null && port > 0 && port < 65_536 && (!found[2]?.startsWith('[') || isIP(host) === 6);
    if (isSound) return { isTls: found[1] === 'tls', host, port };
    context.addIssue('must be tcp://host:port or tls://host:port');
    return z.NEVER;
  }),
  ca: z.string().min(1).nullable().default(null),
});

const WEBHOOK = z.strictObject({
  kind: z.literal('webhook'),
  ...common,
  url: z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'must be an http or https URL'),
  secret: z
    .string()
    .min(16, 'must have 16 characters at least')
    .transform((text) => new Secret(text)),
});

const SINK = z.discriminatedUnion('kind', [FILE, SYSLOG, WEBHOOK]);
const SINKS = z.array(SINK).max(20);

/** `audit.sinks`. Never shown: a webhook's secret stands in it. */
export const auditSinksSetting: SettingSpec<readonly SinkSetting[] | null> = {
  name: 'audit.sinks',
  fallback: { emulator: null, gateway: null },
  about: 'Where audit records go besides the trail itself (docs/audit.md).',
  form: 'a list of {kind: file|syslog|webhook, name, mode?, format?, timeoutMs?, …}; in the environment as JSON',
  isSecret: true,
  parse(value) {
    let given = value;
    if (typeof value === 'string') {
      try {
        given = JSON.parse(value);
      } catch {
        return undefined;
      }
    }
    const parsed = SINKS.safeParse(given);
    if (!parsed.success)
      throw new SettingError(parsed.error.issues.map((issue) => `[${issue.path.join('.')}] ${issue.message}`).join('; '));
    const names = parsed.data.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new SettingError(`names two sinks ${twice}`);
    return parsed.data;
  },
};

/** `audit.retention.days`; 0: for ever. */
export const auditRetentionDaysSetting = integerSetting(
  'audit.retention.days',
  { min: 0, max: 36_500 },
  0,
  'Days after which a segment of the audit trail is deleted, if nobody needs it any more; 0: never.',
);

/** `audit.retention.megabytes`; 0: without a bound. */
export const auditRetentionMegabytesSetting = integerSetting(
  'audit.retention.megabytes',
  { min: 0, max: 100_000_000 },
  0,
  'Megabytes of audit trail past which the oldest segments are deleted, even where a best-effort sink has not taken them; 0: without a bound.',
);
