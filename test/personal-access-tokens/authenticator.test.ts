// Who a personal access token stands for, and what checking one may cost.
import { readFileSync } from 'node:fs';
import { type BearerCredential, DAY_MS, LIMITS, Secret } from '../../src/core/index.js';
import type { AuthnOutcome } from '../../src/plugin-kit/contract.js';
import type { PluginWorld } from '../support/plugin-host.js';
import {
  ADMIN,
  ALICE,
  BASE,
  CONFLUENCE_BASE,
  create,
  faultOf,
  insertRows,
  keyOf,
  make,
  type NewToken,
  outcomeOf,
  startPats,
  tokenRefOf,
} from './pat-world.js';

const MINUTE_MS = 60_000;
let world: PluginWorld;

beforeEach(async () => {
  world = await startPats();
});

afterEach(() => world.close());

/** Asks the installation itself, behind the gateway's own memory. */
function ask(rawToken: string, schemeAsWritten = 'Bearer', product: 'jira' | 'confluence' = 'jira'): Promise<AuthnOutcome> {
  const credential: BearerCredential = { scheme: 'bearer', schemeAsWritten, secret: new Secret(rawToken) };
  const contextPath = product === 'jira' ? '' : '/confluence';
  const request = { method: 'GET', path: `${contextPath}/rest/api/2/myself`, query: null, product, contextPath } as const;
  const authenticator = world.active.authenticators[product === 'jira' ? 0 : 1];
  if (authenticator === undefined) throw new Error('there is no such installation');
  return authenticator.verify(credential, { ...request, peer: '127.0.0.1', clientAddress: '127.0.0.1', userAgent: null, receivedAt: 0 });
}

/** The same digits with another secret. */
function wrong({ rawToken }: NewToken, nth = 1): string {
  const bytes = Buffer.from(rawToken, 'base64');
  bytes.writeUInt32BE(nth, 20);
  return bytes.toString('base64');
}

describe('a token', () => {
  it('stands for its owner, with the owner’s rights and no limits [PAT-10, PAT-13]', async () => {
    const token = await make(world, ALICE, { name: 'x', expirationDuration: 2 });
    const identity = await world.identify({ bearer: token.rawToken });
    expect(identity).toMatchObject({
      kind: 'authenticated',
      principal: { username: 'alice', isAdministrator: false },
      grant: { system: 'personal-access-tokens-jira', tokenRef: tokenRefOf(token), limits: [], validUntil: Date.parse(token.expiringAt) },
    });
    const own = await world.send({ path: `${BASE}/tokens`, bearer: token.rawToken });
    expect([own.status, JSON.parse(own.text)]).toEqual([200, [expect.objectContaining({ id: token.id })]]);
  });

  it('that a real instance wrote works here [PAT-2]', async () => {
    const { rawToken, tokenId, hashedToken } = JSON.parse(readFileSync(new URL('../vectors/pat-hash.json', import.meta.url), 'utf8')) as {
      rawToken: string;
      tokenId: string;
      hashedToken: string;
    };
    await insertRows(world, [{ USER_KEY: await keyOf(world, 'alice'), TOKEN_ID: tokenId, HASHED_TOKEN: hashedToken }]);
    expect(await outcomeOf(world, rawToken)).toBe('alice');
    expect(await outcomeOf(world, rawToken, 'confluence')).toBe('unknown');
    // Its first use is counted too, though nothing but the vendor's row is known of it.
    world.use({ tokenRef: `pat-${tokenId}`, permitted: 1 });
    world.use({ tokenRef: `pat-${tokenId}`, permitted: 1 });
    const { tokens } = await world.active.tokens.list({ startAt: 0, limit: 10 });
    expect(tokens).toEqual([
      expect.objectContaining({ tokenRef: `pat-${tokenId}`, lastUsedAt: world.clock.now(), owner: await keyOf(world, 'alice') }),
    ]);
  });

  it('is not honoured in the other product [DIR-3]', async () => {
    const inJira = await make(world, ALICE);
    const inConfluence = await make(world, ALICE, { name: 'x' }, CONFLUENCE_BASE);
    expect([await outcomeOf(world, inJira.rawToken), await outcomeOf(world, inJira.rawToken, 'confluence')]).toEqual(['alice', 'unknown']);
    expect([await outcomeOf(world, inConfluence.rawToken, 'confluence'), await outcomeOf(world, inConfluence.rawToken)]).toEqual([
      'alice',
      'unknown',
    ]);
    expect([await ask(inJira.rawToken, 'Bearer', 'confluence'), await ask(inConfluence.rawToken)]).toEqual([
      { outcome: 'skipped' },
      { outcome: 'skipped' },
    ]);
  });

  it('does not work as a Basic password [PAT-12]', async () => {
    const { rawToken } = await make(world, ALICE);
    expect((await world.identify({ as: ['alice', rawToken] })).kind).toBe('unaccepted');
  });

  it('ends to the millisecond, for those too who used it just before [PAT-11]', async () => {
    const { rawToken } = await make(world, ALICE, { name: 'x', expirationDuration: 1 });
    await world.clock.advance(DAY_MS - 1);
    expect(await outcomeOf(world, rawToken)).toBe('alice');
    await world.clock.advance(1);
    expect(await outcomeOf(world, rawToken)).toBe('expired');
  });

  it('ends with its row, at once [PAT-3, PAT-25]', async () => {
    const token = await make(world, ALICE);
    expect(await outcomeOf(world, token.rawToken)).toBe('alice');
    await world.send({ method: 'DELETE', path: `${BASE}/tokens/${token.id}`, as: ALICE });
    expect(await outcomeOf(world, token.rawToken)).toBe('unknown');
    expect(await ask(token.rawToken)).toEqual({ outcome: 'skipped' });
  });

  it('sleeps while its owner is inactive, and ends with its owner [PAT-13, DIR-7]', async () => {
    const { rawToken } = await make(world, ALICE);
    await world.directory.changeUser('alice', { isActive: false });
    expect(await outcomeOf(world, rawToken)).toBe('owner-inactive');
    await world.directory.changeUser('alice', { isActive: true });
    expect(await outcomeOf(world, rawToken)).toBe('alice');
    await world.directory.deleteUser('alice');
    expect(await outcomeOf(world, rawToken)).toBe('owner-inactive');
    expect(await outcomeOf(world, rawToken, 'confluence')).toBe('unknown');
  });
});

describe('the scheme', () => {
  it.each([
    ['emulator', 'Bearer', 'accepted'],
    ['emulator', 'bearer', 'skipped'],
    ['emulator', 'BEARER', 'skipped'],
    ['gateway', 'Bearer', 'accepted'],
    ['gateway', 'bearer', 'accepted'],
    ['gateway', 'BEARER', 'accepted'],
  ] as const)('in the %s profile, written %s: %s [PAT-10, GW-10]', async (profile, scheme, outcome) => {
    const { rawToken } = await make(world, ALICE);
    world = await world.restart({ profile });
    expect((await ask(rawToken, scheme)).outcome).toBe(outcome);
  });
});

describe('what a check costs', () => {
  /** While it stands, every hash fails: whatever is accepted or refused then was found out without one. */
  async function spoilHashes(): Promise<void> {
    await world.store.transaction((manager) => manager.query(`UPDATE "AO_81F455_PERSONAL_TOKEN" SET "HASHED_TOKEN" = '{OTHER}x'`));
  }

  it('is no hash for an unknown id, and none for a token of the other product [PAT-3]', async () => {
    const token = await make(world, ALICE);
    const other = await make(world, ALICE, { name: 'x' }, CONFLUENCE_BASE);
    await spoilHashes();
    const unknown = Buffer.from(token.rawToken, 'base64');
    unknown.write('999999999999', 'latin1');
    expect(await ask(unknown.toString('base64'))).toEqual({ outcome: 'skipped' });
    expect(await ask(other.rawToken)).toEqual({ outcome: 'skipped' });
    // What is stored in a form nobody knows is neither right nor wrong.
    await expect(ask(token.rawToken)).rejects.toMatchObject({ code: 'authn.unavailable' });
  });

  it('is one hash for a token, until its time in the memory is over [PAT-3]', async () => {
    const token = await make(world, ALICE);
    const other = await make(world, ALICE);
    await world.clock.advance(59 * MINUTE_MS);
    expect((await ask(token.rawToken)).outcome).toBe('accepted');
    await world.clock.advance(MINUTE_MS);
    // Found out by the hash again, which must be the stored one: another row's hash is another's.
    await world.store.transaction((manager) =>
      manager.query(
        'UPDATE "AO_81F455_PERSONAL_TOKEN" SET "HASHED_TOKEN" = (SELECT "HASHED_TOKEN" FROM "AO_81F455_PERSONAL_TOKEN" WHERE "ID" = ?) WHERE "ID" = ?',
        [other.id, token.id],
      ),
    );
    expect((await ask(token.rawToken)).outcome).toBe('skipped');
  });

  it('is bounded for each id: past it nobody is told anything but that it cannot be found out now [PAT-3]', async () => {
    const token = await make(world, ALICE);
    const another = await make(world, ALICE);
    // Without the memory of the making: as after a start.
    world = await world.restart();
    for (let nth = 0; nth < LIMITS.tokenFailuresMax; nth += 1) expect((await ask(wrong(token, nth))).outcome).toBe('skipped');
    await expect(ask(wrong(token, 99))).rejects.toMatchObject({ code: 'authn.unavailable' });
    await expect(ask(token.rawToken)).rejects.toMatchObject({ code: 'authn.unavailable' });
    expect((await world.identify({ bearer: token.rawToken })).kind).toBe('unknown');
    expect((await ask(another.rawToken)).outcome).toBe('accepted');
    await world.clock.advance(LIMITS.tokenFailuresMs);
    expect((await ask(token.rawToken)).outcome).toBe('accepted');
  });

  it('is bounded also when all come at once [PAT-3]', async () => {
    const token = await make(world, ALICE);
    const asked = await Promise.allSettled(Array.from({ length: 3 * LIMITS.tokenFailuresMax }, (_, nth) => ask(wrong(token, nth))));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMITS.tokenFailuresMax);
  });

  it('is no way to lock out a token that was right before [PAT-3]', async () => {
    const token = await make(world, ALICE);
    await world.clock.advance(60 * MINUTE_MS);
    for (let nth = 0; nth < LIMITS.tokenFailuresMax; nth += 1) await ask(wrong(token, nth));
    await expect(ask(wrong(token, 99))).rejects.toMatchObject({ code: 'authn.unavailable' });
    expect((await ask(token.rawToken)).outcome).toBe('accepted');
  });
});

describe('a token that makes a token', () => {
  const issue = (rawToken: string, json: object = { name: 'made' }) =>
    world.send({ method: 'POST', path: `${BASE}/tokens`, bearer: rawToken, json });

  it('may, as the seed’s second example shows, where the site lets tokens make tokens [PAT-21, GW-26]', async () => {
    const { rawToken } = await make(world, ALICE);
    const answer = await issue(rawToken, { name: 'tokenName', expirationDuration: 90 });
    expect(answer.status).toBe(201);
    expect(await outcomeOf(world, (JSON.parse(answer.text) as NewToken).rawToken)).toBe('alice');
  });

  it('may not where the site does not: 403 [GW-26]', async () => {
    const { rawToken } = await make(world, ALICE);
    world = await world.restart({ profile: 'gateway', tokensMakeTokens: 'refuse' });
    const answer = await issue(rawToken);
    expect([answer.status, faultOf(answer).error]).toEqual([403, expect.stringMatching(/may not be used to make another/)]);
    expect((await create(world, ALICE, { name: 'x' })).status).toBe(201);
  });

  it('hands on every limit it has, over any number of steps, and its end in the gateway profile [GW-26]', async () => {
    world = await world.restart({ profile: 'gateway', tokensMakeTokens: 'allow' });
    const parent = await make(world, ALICE, { name: 'parent', expirationDuration: 10 });
    // Limits come from systems that have them; here the row is given one.
    const inherited = JSON.stringify([{ limitTo: '[GET]/rest/api/2/.*', ip: '192.0.2.0/24' }]);
    await world.store.transaction((manager) => manager.query('UPDATE postern_personal_token SET inherited = ?', [inherited]));
    const limitsOf = async (rawToken: string) => {
      const identity = await world.identify({ bearer: rawToken });
      return identity.kind === 'authenticated'
        ? identity.grant?.limits.map(({ rules, addresses }) => [rules?.text, addresses?.text])
        : null;
    };
    let rawToken = parent.rawToken;
    for (let step = 0; step < 3; step += 1) {
      const made = JSON.parse((await issue(rawToken)).text) as NewToken;
      expect(made.expiringAt).toBe(parent.expiringAt);
      expect(await limitsOf(made.rawToken)).toEqual([['[GET]/rest/api/2/.*', '192.0.2.0/24']]);
      rawToken = made.rawToken;
    }
    const { tokens } = await world.registry.list({ startAt: 0, limit: 10 });
    expect(tokens.filter(({ hasLimits }) => hasLimits)).toHaveLength(3);
  });
});

describe('with pats.enabled=false', () => {
  it('a token is nobody’s, and the next system is asked [PAT-15]', async () => {
    const { rawToken } = await make(world, ALICE);
    world = await world.restart({ settings: { 'atlassian.pats.enabled': false } });
    expect(await ask(rawToken)).toEqual({ outcome: 'skipped' });
  });
});

describe('the administrators of the whole site', () => {
  it('see and end each product’s tokens through its own installation', async () => {
    const token = await make(world, ALICE, { name: 'nightly', expirationDuration: 1 });
    const userKey = await keyOf(world, 'alice');
    expect(await world.active.tokens.list({ startAt: 0, limit: 10, owner: userKey })).toEqual({
      total: 1,
      tokens: [
        {
          tokenRef: tokenRefOf(token),
          product: 'jira',
          label: 'nightly',
          owner: userKey,
          createdAt: Date.parse(token.createdAt),
          expiresAt: Date.parse(token.expiringAt),
          lastUsedAt: null,
          useCount: 0,
          hasLimits: false,
        },
      ],
    });
    const elsewhere = await make(world, ALICE, { name: 'x' }, CONFLUENCE_BASE);
    expect((await world.active.tokens.list({ startAt: 0, limit: 10 })).total).toBe(1);
    expect((await world.active.tokens.list({ startAt: 0, limit: 10, owner: await keyOf(world, 'alice', 'confluence') })).total).toBe(0);
    const admin = await world.directory.findByUsername(ADMIN[0]);
    expect(await world.active.tokens.revoke(tokenRefOf(elsewhere), admin, null)).toBe(false);
    expect(await world.active.tokens.revoke(tokenRefOf(token), admin, null)).toBe(true);
    expect(await world.active.tokens.revoke(tokenRefOf(token), admin, null)).toBe(false);
    expect(await outcomeOf(world, token.rawToken)).toBe('unknown');
  });
});
