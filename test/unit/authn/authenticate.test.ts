import passport from 'passport';
import { createAuthentication, type AuthenticationNeeds } from '../../../src/authn/authenticate.js';
import { HostError, type Logger, type Principal, type RequestView } from '../../../src/core/index.js';
import type { AuthnOutcome } from '../../../src/plugin-kit/contract.js';
import { testClock } from '../../support/test-clock.js';
import { testRandom } from '../../support/test-random.js';

const request = { product: 'jira', contextPath: '/jira', path: '/jira/rest/x' } as RequestView;
const ada: Principal = {
  userId: 1,
  userKeys: { jira: 'J1', confluence: 'c1' },
  username: 'ada',
  displayName: 'Ada',
  emailAddress: '',
  accountId: 'a',
  isAdministrator: false,
  isActive: true,
};
const header = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

interface World {
  readonly asked: string[];
  readonly logged: string[];
  authenticate(value: string | null): ReturnType<ReturnType<typeof createAuthentication>['authenticate']>;
}

function world(outcomes: Record<string, AuthnOutcome | Error>, wrongBearer: 'anonymous' | 'refuse' = 'refuse'): World {
  const asked: string[] = [];
  const logged: string[] = [];
  const note = (fields: object, text: string): void => void logged.push(JSON.stringify(fields) + text);
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const systems = ['first', 'second'].flatMap((system) =>
    (['basic', 'bearer'] as const).map((scheme) => ({
      system,
      authenticator: {
        scheme,
        challenge: scheme,
        verify: async () => {
          asked.push(`${system}/${scheme}`);
          const outcome = outcomes[system];
          if (outcome instanceof Error) throw outcome;
          return outcome ?? { outcome: 'skipped' as const };
        },
        recordUses: async () => undefined,
      },
    })),
  );
  const needs: AuthenticationNeeds = {
    clock: testClock(),
    random: testRandom(),
    logger,
    wrongBearer,
    authenticators: systems,
    keys: { digest: () => ({ keyId: 'k', digest: 'digest' }) } as unknown as AuthenticationNeeds['keys'],
    checkPassword: async ({ username, password }) => {
      asked.push('password');
      return username === 'ada' && password.reveal() === 'pass:word' ? ada : null;
    },
  };
  const { authenticate } = createAuthentication(needs);
  return { asked, logged, authenticate: (value) => authenticate(request, value) };
}

const accepted: AuthnOutcome = {
  outcome: 'accepted',
  principal: ada,
  grant: { tokenRef: 'r', system: 'first', validUntil: null, limits: [], isAnyone: false },
};
const rejected: AuthnOutcome = { outcome: 'rejected', reason: 'expired', tokenRef: 'r' };

describe('authentication', () => {
  it('asks the systems in their order and stops at the one that accepts [GW-11]', async () => {
    const { asked, authenticate } = world({ first: accepted });
    expect((await authenticate(header('ada:token'))).kind).toBe('authenticated');
    expect(asked).toEqual(['first/basic']);
  });

  it('asks the next system when one skips, and the password last', async () => {
    const { asked, authenticate } = world({});
    expect(await authenticate(header('ada:pass:word'))).toMatchObject({ kind: 'authenticated', grant: null, principal: ada });
    expect(asked).toEqual(['first/basic', 'second/basic', 'password']);
  });

  it('lets a second system accept what the first one rejected, and never asks for a password then', async () => {
    const { asked, authenticate } = world({ first: rejected, second: accepted });
    expect((await authenticate(header('ada:token'))).kind).toBe('authenticated');
    expect(asked).toEqual(['first/basic', 'second/basic']);
    expect(await world({ first: rejected }).authenticate(header('ada:pass:word'))).toMatchObject({
      kind: 'unaccepted',
      fault: 'expired',
      tokenRef: 'r',
      system: 'first',
    });
  });

  it('is unknown, never refused and never allowed, when a system cannot be asked [GW-11]', async () => {
    const { authenticate, logged } = world({ first: new Error('connection lost, was using password hunter2'.replace('hunter2', 'x')) });
    expect((await authenticate(header('ada:pass:word'))).kind).toBe('unknown');
    expect(logged.join()).toContain('authn.unavailable');
    expect((await world({ first: new HostError('store.unavailable') }).authenticate(header('ada:x'))).kind).toBe('unknown');
  });

  it('remembers nothing of a time when nobody could be asked', async () => {
    const outcomes: Record<string, AuthnOutcome | Error> = { first: new Error('down') };
    const { authenticate } = world(outcomes);
    expect((await authenticate(header('ada:token'))).kind).toBe('unknown');
    outcomes['first'] = accepted;
    expect((await authenticate(header('ada:token'))).kind).toBe('authenticated');
  });

  it.each([
    ['anonymous', 'anonymous'],
    ['refuse', 'unaccepted'],
  ] as const)('takes a bearer value that nobody accepts as the setting %s says [GW-15, PAT-11]', async (wrongBearer, kind) => {
    expect((await world({}, wrongBearer).authenticate('Bearer wrong-wrong')).kind).toBe(kind);
    expect((await world({ first: rejected }, wrongBearer).authenticate('Bearer expired')).kind).toBe(kind);
    expect((await world({}, wrongBearer).authenticate('Bearer a b')).kind).toBe(kind);
    // Never for Basic.
    expect((await world({}, wrongBearer).authenticate(header('ada:wrong'))).kind).toBe('unaccepted');
  });

  it.each([
    ['pa:ss', 'a colon within'],
    [':x', 'a colon at the beginning'],
    ['größe', 'UTF-8'],
    ['%41', 'a percent sign'],
  ])('hands the secret %s to the systems as it was sent: %s [GW-10]', async (secret) => {
    let seen = '';
    const { authenticate } = createAuthentication({
      clock: testClock(),
      random: testRandom(),
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      wrongBearer: 'refuse',
      keys: { digest: () => ({ keyId: 'k', digest: 'd' }) } as unknown as AuthenticationNeeds['keys'],
      checkPassword: async () => null,
      authenticators: [
        {
          system: 's',
          authenticator: {
            scheme: 'basic',
            challenge: '',
            recordUses: async () => undefined,
            verify: async (credential) => {
              seen = credential.secret.reveal();
              return accepted;
            },
          },
        },
      ],
    });
    await authenticate(request, header(`ada:${secret}`));
    expect(seen).toBe(secret);
  });

  it('accepts no credential of a kind whose Passport strategy is gone [GW-11]', async () => {
    // What a missing package would mean: the strategy is not there to read the header.
    const use = passport.Authenticator.prototype.use as (this: unknown, ...given: unknown[]) => unknown;
    passport.Authenticator.prototype.use = function (this: unknown, name: unknown, strategy: unknown) {
      return name === 'basic' ? this : use.call(this, name, strategy);
    } as never;
    try {
      const { asked, authenticate } = world({ first: accepted });
      expect((await authenticate(header('ada:token'))).kind).not.toBe('authenticated');
      expect(asked).toEqual([]);
      expect((await authenticate('Bearer token')).kind).toBe('authenticated');
    } finally {
      passport.Authenticator.prototype.use = use as never;
    }
  });
});
