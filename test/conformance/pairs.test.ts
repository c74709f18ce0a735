// All token systems side by side: whatever is presented, one of them accepts it and the others pass it on, in whichever order they are asked.
import { createAuthentication, type SystemAuthenticator } from '../../src/authn/authenticate.js';
import type { CheckPassword } from '../../src/authn/password-check.js';
import type { Identity, RequestView } from '../../src/core/index.js';
import type { Authenticator, AuthnOutcome } from '../../src/plugin-kit/contract.js';
import { plugins } from '../../src/plugins/index.js';
import { PASSWORDS, type PluginWorld, startPluginWorld } from '../support/plugin-host.js';
import { type Login, makeSample, passwordOf, presentations, PRODUCT_VIEWS, TOKEN_KINDS, type TokenKind } from '../support/samples.js';
import { testRandom } from '../support/test-random.js';
import { carryAll } from './carry-all.js';

const KINDS = Object.values(TOKEN_KINDS).flat();

/** The kinds that can be there together: Extender's plain ones are those in Bearer too, on a site that takes them in Basic alone. */
const TOGETHER = KINDS.filter(({ name }) => name !== 'Extender');

const SETTINGS = Object.assign({}, ...TOGETHER.map(({ options }) => options.settings ?? {})) as Record<string, unknown>;

/** A credential as it is presented for a product, and who may accept it: a system's key, `password`, or nobody. */
interface Presented {
  readonly what: string;
  readonly login: Login;
  readonly view: RequestView;
  /** The system whose token it is; null for a password. */
  readonly from: string | null;
  readonly accepts: string | null;
}

describe('the samples', () => {
  it('hold a kind of token for every system that is carried, and for no other', () => {
    expect(Object.keys(TOKEN_KINDS).toSorted()).toEqual(plugins.map(({ manifest }) => manifest.key).toSorted());
    for (const [key, kinds] of Object.entries(TOKEN_KINDS)) {
      expect([key, kinds.map(({ plugin }) => plugin.manifest.key)]).toEqual([key, kinds.map(() => key)]);
    }
    expect(new Set(KINDS.map(({ name }) => name)).size).toBe(KINDS.length);
  });
});

describe('all token systems side by side', () => {
  const carried = carryAll(plugins);
  let world: PluginWorld;
  let credentials: readonly Presented[];

  beforeAll(async () => {
    world = await startPluginWorld({ plugin: carried.plugin, settings: SETTINGS });
    credentials = [...(await presentTokens(world)), ...presentPasswords(world)];
  });
  afterAll(() => world.close());

  it('each credential is accepted by exactly one system, in its own product and its own way, and passed on by every other', async () => {
    const alone = [...carried.active].map(([key, { authenticators }]) => ({
      key,
      authentication: authenticationOf(world, systemsOf([[key, authenticators]]), async () => null),
    }));
    const told = [];
    for (const { what, login, view, from } of credentials) {
      const answers: string[] = [];
      for (const { key, authentication } of alone) {
        const identity = await authentication.authenticate(view, headerOf(login));
        // Its own system may know it for a token that is not good here; every other must not know it at all.
        const isPassedOn = identity.kind === 'unaccepted' && (identity.tokenRef === null || key === from);
        if (isPassedOn) continue;
        answers.push(`${key}: ${identity.kind} ${identity.kind === 'authenticated' ? identity.grant?.system : ''}`);
      }
      told.push([what, answers]);
    }
    const tokens = credentials.filter(({ accepts }) => accepts !== null && accepts !== 'password');
    expect(told).toEqual(
      credentials.map((each) => [each.what, tokens.includes(each) ? [`${each.accepts}: authenticated ${each.accepts}`] : []]),
    );
    expect(tokens.length).toBeGreaterThanOrEqual(TOGETHER.length);
  });

  it('the order in which the systems are asked changes nothing, with tokens and with passwords', async () => {
    // Each is asked once; its answers are given again in every order.
    const remembered = new Map([...carried.active].map(([key, { authenticators }]) => [key, authenticators.map(remembering)]));
    const checkPassword = rememberingPasswords(world);
    // What no system accepts by itself, none accepts in any order.
    const asked = credentials.filter(({ accepts, from }) => accepts !== null || from === null);
    // One for all orders: making its cache would take longer than all the rest.
    const inOrder: SystemAuthenticator[] = [];
    const authentication = authenticationOf(world, inOrder, checkPassword);
    let orders = 0;
    for (const order of permutations([...remembered])) {
      orders += 1;
      inOrder.splice(0, inOrder.length, ...systemsOf(order));
      authentication.cache.clear();
      const told: (string | null)[] = [];
      for (const { login, view } of asked) told.push(whose(await authentication.authenticate(view, headerOf(login))));
      const wrong = asked.flatMap(({ what, accepts }, index) => (told[index] === accepts ? [] : [`${what}: ${told[index]}`]));
      if (wrong.length > 0) expect([order.map(([key]) => key), wrong]).toEqual([]);
    }
    expect(orders).toBe(plugins.reduce((product, _plugin, index) => product * (index + 1), 1));
  });
});

describe('a token made with a restricted token of another system', () => {
  const carried = carryAll(plugins);
  const limits = { limitTo: '[get,post].*/rest/.*', ip: '192.0.2.0/24' };
  const parents = TOGETHER.filter(({ makes }) => JSON.stringify(makes({ label: '', ...limits }, {}, 0)).includes('192.0.2'));
  const children = TOGETHER.filter(({ makes, owner }) => owner === 'alice' && makes({ label: '' }, {}, 0).path.includes('/rest/'));
  const pairs = parents.flatMap((parent) =>
    children.filter((child) => child.plugin !== parent.plugin && opensIn(parent, child.product)).map((child) => ({ parent, child })),
  );
  let world: PluginWorld;
  beforeAll(async () => {
    world = await startPluginWorld({ plugin: carried.plugin, settings: SETTINGS });
  });
  afterAll(() => world.close());

  it('is tried with every pair of systems', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(8);
  });

  it.each(pairs)('takes over its limits: $parent.name → $child.name [GW-26]', async ({ parent, child }) => {
    const { login } = await makeSample(world, parent, limits, passwordOf('alice'));
    const made = await makeSample(world, child, { label: 'child' }, login);
    const identity = await world.identify(made.login, PRODUCT_VIEWS[child.product]);
    const grant = identity.kind === 'authenticated' ? identity.grant : null;
    expect(grant?.limits.map(({ rules, addresses }) => ({ limitTo: rules?.text, ip: addresses?.text }))).toEqual([limits]);
  });
});

function opensIn({ opens, owner }: TokenKind, product: string): boolean {
  return owner === 'alice' && opens.some((each) => each.startsWith(`${product} `));
}

type Ordered = readonly (readonly [string, readonly Authenticator[]])[];

function systemsOf(order: Ordered): readonly SystemAuthenticator[] {
  return order.flatMap(([system, authenticators]) => authenticators.map((authenticator) => ({ system, authenticator })));
}

function authenticationOf(
  { clock, host, keys }: PluginWorld,
  authenticators: readonly SystemAuthenticator[],
  checkPassword: CheckPassword,
) {
  const random = testRandom('cache');
  return createAuthentication({ clock, logger: host.logger, random, keys, checkPassword, authenticators, wrongBearer: 'refuse' });
}

function remembering(authenticator: Authenticator): Authenticator {
  const outcomes = new Map<string, Promise<AuthnOutcome>>();
  return {
    ...authenticator,
    verify(credential, request) {
      const username = credential.scheme === 'basic' ? credential.username : '';
      const asked = `${request.product} ${username} ${credential.secret.reveal()}`;
      const outcome = outcomes.get(asked) ?? authenticator.verify(credential, request);
      outcomes.set(asked, outcome);
      return outcome;
    },
  };
}

function rememberingPasswords({ directory }: PluginWorld): CheckPassword {
  const answers = new Map<string, ReturnType<CheckPassword>>();
  return ({ username, password }) => {
    const asked = `${username} ${password.reveal()}`;
    const answer = answers.get(asked) ?? directory.verifyPassword(username, password);
    answers.set(asked, answer);
    return answer;
  };
}

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(index, 1))) yield [item, ...rest];
  }
}

/** Each kind's token in every presentation and product. */
async function presentTokens(world: PluginWorld): Promise<readonly Presented[]> {
  const presented: Presented[] = [];
  for (const kind of TOGETHER) {
    const { value } = await makeSample(world, kind);
    for (const product of ['jira', 'confluence', 'cloud'] as const) {
      for (const [how, present] of Object.entries(presentations)) {
        const opens = (kind.opens as readonly string[]).includes(`${product} ${how}`);
        presented.push({
          what: `${kind.name}: ${product} ${how}`,
          login: present(value),
          view: viewOf(world, product),
          from: kind.plugin.manifest.key,
          accepts: opens ? kind.plugin.manifest.key : null,
        });
      }
    }
  }
  return presented;
}

function presentPasswords(world: PluginWorld): readonly Presented[] {
  return (['jira', 'confluence'] as const).flatMap((product) => [
    ...(['alice', 'admin'] as const).map((user) => ({
      what: `the password of ${user}: ${product} basic`,
      login: { as: [user, PASSWORDS[user]] as const },
      view: viewOf(world, product),
      from: null,
      accepts: 'password',
    })),
    ...[{ bearer: PASSWORDS.alice }, { as: ['bob', PASSWORDS.alice] as const }].map((login) => ({
      what: `the password of alice, as ${'bearer' in login ? 'bearer' : 'bob'}: ${product}`,
      login,
      view: viewOf(world, product),
      from: null,
      accepts: null,
    })),
  ]);
}

function viewOf(world: PluginWorld, product: keyof typeof PRODUCT_VIEWS): RequestView {
  const now = world.clock.now();
  return {
    ...PRODUCT_VIEWS[product],
    method: 'GET',
    query: null,
    peer: '127.0.0.1',
    clientAddress: '192.0.2.7',
    userAgent: null,
    receivedAt: now,
  };
}

function headerOf({ as, bearer }: Login): string {
  return as === undefined ? `Bearer ${bearer ?? ''}` : `Basic ${Buffer.from(as.join(':')).toString('base64')}`;
}

function whose(identity: Identity): string | null {
  if (identity.kind !== 'authenticated') return null;
  return identity.grant === null ? 'password' : identity.grant.system;
}
