// `postern audit`: what an auditor asks of the files of a site, beside a running server or without one.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTrail } from '../../src/audit/trail.js';
import { findToken, type FindTokenOptions } from '../../src/cli/audit-find-token.js';
import { printPublicKeys, verifyAudit, type VerifyOptions } from '../../src/cli/audit-verify.js';
import { type Identity, type SiteKeys, silentLogger } from '../../src/core/index.js';
import { createKeyFile, makeKey, readKeyFile } from '../../src/store/key-file.js';
import { keyRing } from '../../src/store/key-ring.js';
import { rotateKeys } from '../../src/store/site-keys.js';
import { answered, marks, permit, sampleRequest, tokenIdentity } from '../audit/samples.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

const SECRET = 'a-value-that-leaked';
let folder: TemporaryFolder;
let trails = 0;
const clock = testClock();
const keyFile = () => folder.file('site-key.json');

beforeEach(async () => {
  folder = await temporaryFolder();
  await createKeyFile(keyFile(), [makeKey(clock, testRandom('first key'))], testRandom('draft'));
});

afterEach(() => folder.remove());

async function siteKeys(): Promise<SiteKeys> {
  const [current, ...retired] = (await readKeyFile(keyFile())) ?? [];
  if (current === undefined) throw new Error('There is a key file.');
  return keyRing([current, ...retired], testRandom('ring'));
}

function identityOf(keys: SiteKeys, secret: string, tokenRef: string): Identity {
  return { ...tokenIdentity(tokenRef), credentialDigest: keys.digest('credential-digest', secret).digest } as Identity;
}

/** Records requests with the values given, in order, in a run of its own. */
async function record(...secrets: readonly string[]): Promise<void> {
  const keys = await siteKeys();
  const random = testRandom(`trail ${(trails += 1)}`);
  const folderOfTrail = folder.file('audit');
  const trail = await createTrail({
    folder: folderOfTrail,
    clock,
    random,
    durability: 'process',
    signer: keys,
    logger: silentLogger,
    onDurable() {},
  });
  for (const [index, secret] of secrets.entries()) {
    const request = sampleRequest(trails * 1_000 + index, { receivedAt: clock.now(), userAgent: 'curl\u009b2J' });
    (await trail.open(request, identityOf(keys, secret, `token of ${secret}`), permit, marks)).close(answered);
    await clock.advance(1_000);
  }
  await trail.close();
}

interface Ran {
  readonly code: number;
  readonly printed: readonly string[];
  readonly complained: string;
}

async function run(work: (needs: Parameters<typeof findToken>[1]) => Promise<number>, input: string | null = null): Promise<Ran> {
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await work({
    environment: { POSTERN_DATA: folder.path },
    flags: [],
    random: testRandom('run'),
    readInput: async () => input,
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
  });
  return { code, printed, complained: complained.join('\n') };
}

const verify = (options: VerifyOptions = {}) => run((needs) => verifyAudit(options, needs));
const find = (input: string | null, options: FindTokenOptions = {}) => run((needs) => findToken(options, needs), input);

async function tamper(from: string, to: string): Promise<void> {
  const file = folder.file(join('audit', 'spool-00000001.jsonl'));
  await writeFile(file, (await readFile(file, 'latin1')).replace(from, to), 'latin1');
}

describe('postern audit verify', () => {
  it('ends with 0 and says how far the trail is signed, also after the keys were rotated [AUD-4]', async () => {
    await record('a', 'b');
    await rotateKeys(keyFile(), clock, testRandom('second key'));
    await record('c');
    const { code, printed } = await verify();
    expect(printed).toEqual([
      expect.stringMatching(/^As it was written: 9 lines in 1 segments of .*, sequences 1 to 9\.$/),
      expect.stringMatching(/^Signed up to sequence 9, at 2026-01-31T10:00:03.000Z\.$/),
    ]);
    expect(code).toBe(0);
  });

  it('ends with 1 and names file, line, sequence and what was to be expected [AUD-4]', async () => {
    await record('a', 'b');
    await tamper('"actor":"charlie"', '"actor":"mallory"');
    const { code, printed } = await verify();
    expect(printed[0]).toMatch(
      /^edited: spool-00000001\.jsonl, line 2, sequence 2: The line is not the one whose hash the next line holds\. Expected [\w-]{43}, found [\w-]{43}\.$/,
    );
    expect(printed[1]).toMatch(/^Not as it was written: 1 findings in /);
    expect(code).toBe(1);
    const json = await verify({ json: true });
    expect(JSON.parse(json.printed.join('\n'))).toMatchObject({
      isSound: false,
      findings: [{ kind: 'edited', file: 'spool-00000001.jsonl', line: 2, sequence: 2, expected: expect.stringMatching(/^[\w-]{43}$/) }],
    });
    expect(json.code).toBe(1);
  });

  it('ends with 2 where it cannot find out: no trail, no keys, a file that is none [AUD-4]', async () => {
    expect(await verify()).toMatchObject({ code: 2, complained: expect.stringContaining('There is no audit trail') });
    await record('a');
    expect(await verify({ publicKeys: keyFile() })).toMatchObject({ code: 2, complained: expect.stringContaining('holds no public keys') });
    expect(await verify({ publicKeys: folder.file('nothing') })).toMatchObject({ code: 2, complained: expect.stringContaining('ENOENT') });
    await folder.remove();
    expect((await verify()).code).toBe(2);
  });

  it('needs public keys alone, so that whoever verifies cannot sign [AUD-4]', async () => {
    await record('a', 'b');
    const { printed } = await run((needs) => printPublicKeys(needs));
    await writeFile(folder.file('public.json'), printed.join('\n'));
    expect(printed.join('\n')).toContain('BEGIN PUBLIC KEY');
    const [key] = (await readKeyFile(keyFile())) ?? [];
    expect(printed.join('\n')).not.toContain(key?.secret.toString('base64url'));
    expect((await verify({ publicKeys: folder.file('public.json'), folder: folder.file('audit') })).code).toBe(0);
    await tamper('"e":"checkpoint","id":"', '"e":"checkpoint","id":"0');
    expect((await verify({ publicKeys: folder.file('public.json') })).printed[0]).toMatch(/^forged: /);
  });

  it('tells of progress on long work, beside the result [AUD-4]', async () => {
    await record(...Array.from({ length: 3 }, () => 'a'));
    const line = `${'x'.repeat(1_000)}\n`;
    await writeFile(folder.file(join('audit', 'spool-00000002.jsonl')), line.repeat(17_000));
    const { complained } = await verify();
    expect(complained).toBe('Verified 17 of 17 MB.');
  });
});

describe('postern audit find-token', () => {
  it('lists the requests that presented the value, oldest first, and says which token it is [AUD-10]', async () => {
    await record(SECRET, 'another', SECRET);
    const { code, printed, complained } = await find(`${SECRET}\n`);
    expect(printed).toHaveLength(2);
    expect(printed).toEqual(printed.toSorted());
    expect(complained).toMatch(
      /^The token "token of a-value-that-leaked" of "extender": 2 requests, 2 of them permitted, from .* to .*, as "charlie"\.$/,
    );
    expect(code).toBe(0);
  });

  it('finds it under every key, the retired ones too [AUD-10]', async () => {
    await record(SECRET);
    await rotateKeys(keyFile(), clock, testRandom('second key'));
    await record(SECRET);
    expect((await find(SECRET)).printed).toHaveLength(2);
  });

  it('shows the newest first and no more than asked for, and whole records as JSON [AUD-10]', async () => {
    await record(SECRET, SECRET, 'another', SECRET);
    const { printed } = await find(SECRET, { newest: 2, json: true });
    const times = printed.map((line) => (JSON.parse(line) as { time: string }).time);
    expect(times).toHaveLength(2);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it.each([
    ['a Bearer header', `Authorization: Bearer ${SECRET}`],
    ['a Basic header', `Basic ${Buffer.from(`charlie:${SECRET}`).toString('base64')}`],
  ])('takes the value out of %s [AUD-10]', async (_what, input) => {
    await record(SECRET);
    expect((await find(input)).printed).toHaveLength(1);
  });

  it('writes nothing to a terminal that a client sent as it came [AUD-11]', async () => {
    await record(SECRET);
    const { printed } = await find(SECRET);
    expect(printed[0]).toContain('"curl\\u009b2J"');
  });

  it('ends with 1 when the trail holds no use of it, and with 2 without a value or a trail; the value is shown nowhere [AUD-10, AUD-11]', async () => {
    expect(await find(SECRET)).toMatchObject({ code: 2 });
    await record('another');
    const none = await find('never-used-value');
    expect(none).toMatchObject({ code: 1, printed: [] });
    expect(none.complained).toContain('no use of this value');
    expect(none.complained).not.toContain('never-used-value');
    expect(await find(null)).toMatchObject({ code: 2, complained: expect.stringContaining('never as a flag') });
    expect(await find('x'.repeat(5_000))).toMatchObject({ code: 2 });
  });
});
