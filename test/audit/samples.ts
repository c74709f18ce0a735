// Requests, identities and a trail on a real folder, for the tests of the audit trail.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRecord, OpenEntry, Outcome, SpooledTrail } from '../../src/audit/contract.js';
import type { Entry } from '../../src/audit/entry.js';
import { createTrail, type TrailOptions } from '../../src/audit/trail.js';
import type { CanonicalRequest, Decision, Identity, Logger, OpenedUse, Principal, SpoolPosition } from '../../src/core/index.js';
import { TEST_START, type TestClock, testClock } from '../support/test-clock.js';
import { testKeys } from '../support/test-keys.js';
import { testRandom } from '../support/test-random.js';

export const charlie: Principal = {
  userId: 7,
  userKeys: { jira: 'JIRAUSER10100', confluence: '8a7f808a7f808a7f808a7f808a7f808a' },
  username: 'charlie',
  displayName: 'Charlie Atlassian',
  emailAddress: 'charlie@example.com',
  accountId: '5b10a2844c20165700ede21g',
  isAdministrator: false,
  isActive: true,
};

export const permit: Decision = { effect: 'permit', rule: '[get]/jira/rest/api/2/issue/.*', statement: 'permit everyone', obligations: [] };
export const deny: Decision = { effect: 'deny', code: 'policy.limits', rule: null, statement: null };
export const marks = { inProductLog: true, inUsageDetails: true };
export const answered: Outcome = { kind: 'forwarded', status: 200, code: null, bytesIn: 0, bytesOut: 17 };

/** An identity that a token of the system `extender` proved. */
export function tokenIdentity(tokenRef = 'token-1', principal = charlie, isAnyone = false): Identity {
  const grant = { tokenRef, system: 'extender', validUntil: null, limits: [], isAnyone };
  return { kind: 'authenticated', principal, grant, scheme: 'basic', credentialDigest: 'c0ffee' };
}

/** A request with an id that nobody else has. */
export function sampleRequest(number: number, changes: Partial<CanonicalRequest> = {}): CanonicalRequest {
  const id = `019c0000-0000-7000-8000-${String(number).padStart(12, '0')}`;
  const path = '/jira/rest/api/2/issue/KANBAN-1';
  return {
    id,
    requestId: id,
    method: 'GET',
    path,
    target: `${path}?expand=names`,
    query: 'expand=names',
    product: 'jira',
    contextPath: '/jira',
    peer: '127.0.0.1',
    clientAddress: '192.0.2.10',
    userAgent: 'curl/8.5.0',
    receivedAt: TEST_START,
    isPeerTrusted: false,
    expectsContinue: false,
    wantsWebSocket: false,
    ...changes,
  };
}

/** What the operator's log was told. */
export interface HeardLog extends Logger {
  readonly lines: { readonly level: string; readonly fields: object; readonly text: string }[];
}

export function heardLog(): HeardLog {
  const lines: HeardLog['lines'] = [];
  const hear = (level: string) => (fields: object, text: string) => void lines.push({ level, fields, text });
  return { lines, debug: hear('debug'), info: hear('info'), warn: hear('warn'), error: hear('error') };
}

export interface TrailWorld {
  readonly trail: SpooledTrail;
  readonly clock: TestClock;
  readonly log: HeardLog;
  /** What onDurable was told. */
  readonly durable: { readonly uses: readonly OpenedUse[]; readonly position: SpoolPosition }[];
  /** Opens a permit for `token-1`. */
  open(number: number, changes?: Partial<CanonicalRequest>): Promise<OpenEntry>;
  records(): Promise<AuditRecord[]>;
}

/** A trail on `folder` with a clock that stands still. */
export async function startTrail(folder: string, options: Partial<TrailOptions> = {}): Promise<TrailWorld> {
  const clock = testClock();
  const log = heardLog();
  const durable: TrailWorld['durable'] = [];
  const trail = await createTrail({
    folder,
    clock,
    // Of each trail its own, or two runs would make the same ids.
    random: testRandom(`${folder}${seeds++}`),
    durability: 'process',
    signer: testKeys(),
    logger: log,
    onDurable: (uses, position) => void durable.push({ uses, position }),
    ...options,
  });
  return {
    trail,
    clock: (options.clock as TestClock | undefined) ?? clock,
    log,
    durable,
    open: (number, changes) => trail.open(sampleRequest(number, changes), tokenIdentity(), permit, marks),
    records: () => collect(trail.records({})),
  };
}

let seeds = 0;

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Names of the segments, in order. */
export async function segmentNames(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).toSorted();
}

/** The whole spool as text. */
export async function spoolText(folder: string): Promise<string> {
  const texts = await Promise.all((await segmentNames(folder)).map((name) => readFile(join(folder, name), 'latin1')));
  return texts.join('');
}

/** Every line of the spool, parsed by nothing of ours. */
export async function spoolEntries(folder: string): Promise<Entry[]> {
  return entriesOf(await spoolText(folder));
}

export function entriesOf(text: string): Entry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}
