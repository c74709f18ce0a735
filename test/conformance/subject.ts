// What a guarantee is tried on: one kind of token in a world of its own, with a gate behind the plugin's look-ups so that a test can act
// while one is under way.
import type { Identity, RequestView } from '../../src/core/index.js';
import type { Plugin, TokenSummary } from '../../src/plugin-kit/contract.js';
import { compileSitePolicy, decide } from '../../src/policy/index.js';
import { type PluginWorld, startPluginWorld } from '../support/plugin-host.js';
import type { WorldDatabase } from '../support/prepared-database.js';
import { type Login, makeSample, PRODUCT_VIEWS, type SampleToken, type TokenKind, type TokenWish } from '../support/samples.js';

export interface Subject {
  readonly kind: TokenKind;
  /** Changes when a guarantee starts it anew. */
  world: PluginWorld;
  readonly gate: Gate;
  make(wish?: Partial<TokenWish>, login?: Login): Promise<SampleToken>;
  /** Who a login stands for where tokens of this kind work. */
  identify(login: Login, request?: Partial<RequestView>): Promise<Identity>;
  /** What the gateway decides about it: `permit`, or the code. */
  judge(login: Login, request?: Partial<RequestView>): Promise<string>;
  /** All tokens as the host sees them. */
  list(): Promise<readonly TokenSummary[]>;
  close(): Promise<void>;
}

/** A guarantee of the contract between the host and a token system, and how it is tried. */
export interface Guarantee {
  readonly test: string;
  holds(subject: Subject): Promise<void>;
}

/** Stops one look-up after it has an outcome. */
export interface Gate {
  /** From now on: the next look-up waits. Resolves when it has arrived. */
  hold(): Promise<void>;
  release(): void;
}

const POLICY = compileSitePolicy(null, { passwords: 'refuse', anonymous: 'refuse' });

export async function startSubject(kind: TokenKind, database?: WorldDatabase): Promise<Subject> {
  const { gate, pass } = createGate();
  const view = { ...PRODUCT_VIEWS[kind.product], path: kind.path };
  const viewOf = (request: Partial<RequestView> = {}): RequestView => ({
    method: 'GET',
    query: null,
    peer: '127.0.0.1',
    clientAddress: '192.0.2.7',
    userAgent: null,
    receivedAt: subject.world.clock.now(),
    ...view,
    ...request,
  });
  const subject: Subject = {
    kind,
    gate,
    world: await startPluginWorld({ ...kind.options, plugin: heldUp(kind.plugin, pass), ...(database === undefined ? {} : { database }) }),
    make: (wish, login) => makeSample(subject.world, kind, wish, login),
    identify: (login, request) => subject.world.identify(login, viewOf(request)),
    async judge(login, request) {
      const identity = await subject.identify(login, request);
      const decision = decide(viewOf(request), identity, null, POLICY, { destination: 'upstream', now: subject.world.clock.now() });
      return decision.effect === 'permit' ? 'permit' : decision.code;
    },
    list: async () => (await subject.world.active.tokens.list({ startAt: 0, limit: 1000 })).tokens,
    close: () => subject.world.close(),
  };
  return subject;
}

function heldUp(plugin: Plugin, pass: () => Promise<void>): Plugin {
  return {
    manifest: plugin.manifest,
    async activate(host) {
      const active = await plugin.activate(host);
      const authenticators = active.authenticators.map((authenticator) => ({
        ...authenticator,
        async verify(...asked: Parameters<typeof authenticator.verify>) {
          const outcome = await authenticator.verify(...asked);
          if (outcome.outcome !== 'skipped') await pass();
          return outcome;
        },
      }));
      return { ...active, authenticators };
    },
  };
}

function createGate(): { gate: Gate; pass(): Promise<void> } {
  const open = (): void => undefined;
  let arrive: (() => void) | null = null;
  let release = open;
  return {
    gate: {
      hold: () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
      release: () => release(),
    },
    async pass() {
      if (arrive === null) return;
      const tell = arrive;
      arrive = null;
      await new Promise<void>((resolve) => {
        release = resolve;
        tell();
      });
    },
  };
}
