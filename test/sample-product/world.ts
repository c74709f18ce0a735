// A running sample with four users, asked over real HTTP as the gateway asks a product.
import { request as httpRequest } from 'node:http';
import type { Principal, Secret } from '../../src/core/index.js';
import { type SampleProduct, type SampleProductOptions, type SampleUsers, startSampleProduct } from '../../src/sample-product/index.js';
import { type TestClock, testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

export const BASE_URL = 'http://localhost:2990';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
  /** The body as JSON, where it is some: of no type until a test expects one. */
  readonly json: ReturnType<typeof JSON.parse>;
}

export interface Ask {
  readonly method?: string;
  /** The user the gateway vouches for; null: nobody. */
  readonly as?: string | null;
  readonly json?: unknown;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface World {
  readonly product: SampleProduct;
  readonly clock: TestClock;
  readonly users: TestUsers;
  /** Asks for `path` (context path included), as alice where nothing else is said. */
  ask(path: string, ask?: Ask): Promise<Reply>;
  /** The same below `/jira/rest/api/2`. */
  jira(path: string, ask?: Ask): Promise<Reply>;
  /** The same below `/confluence/rest/api`. */
  confluence(path: string, ask?: Ask): Promise<Reply>;
}

/** Users in memory, as the sample's argument. Passwords are `<name>:secret`, with a colon, so that a wrong split is seen [GW-10]. */
export class TestUsers implements SampleUsers {
  readonly #users = new Map<string, Principal>();
  isReachable = true;

  constructor() {
    ['alice', 'bob', 'josé', 'inactive'].forEach((name, index) => {
      this.set(principal(name, index + 1, name !== 'inactive'));
    });
  }

  set(user: Principal): void {
    this.#users.set(user.username, user);
  }

  async findByUsername(username: string): Promise<Principal | null> {
    if (!this.isReachable) throw new Error('the database is down');
    return this.#users.get(username.toLowerCase()) ?? null;
  }

  async verifyPassword(username: string, password: Secret): Promise<Principal | null> {
    const user = await this.findByUsername(username);
    return user?.isActive === true && password.reveal() === passwordOf(user.username) ? user : null;
  }
}

export function principal(username: string, userId: number, isActive = true): Principal {
  return {
    userId,
    userKeys: { jira: `JIRAUSER1010${userId}`, confluence: String(userId).repeat(32) },
    username,
    displayName: `${username.charAt(0).toUpperCase()}${username.slice(1)} Example`,
    emailAddress: `${username}@example.com`,
    accountId: `account-${userId}`,
    isAdministrator: false,
    isActive,
  };
}

export function passwordOf(username: string): string {
  return `${username}:secret`;
}

export function basic(username: string, password = passwordOf(username)): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

const started: SampleProduct[] = [];

/** Starts one; `closeWorlds` ends all. */
export async function startWorld(options: Partial<SampleProductOptions> = {}): Promise<World> {
  const clock = testClock();
  const users = new TestUsers();
  const product = await startSampleProduct({
    host: '127.0.0.1',
    port: 0,
    jiraContext: '/jira',
    confluenceContext: '/confluence',
    baseUrl: BASE_URL,
    identityHeader: 'X-Forwarded-User',
    users,
    clock,
    random: testRandom(),
    ...options,
  });
  started.push(product);
  const ask: World['ask'] = (path, how = {}) => send(product.port, path, how);
  return {
    product,
    clock,
    users,
    ask,
    jira: (path, how) => ask(`/jira/rest/api/2${path}`, how),
    confluence: (path, how) => ask(`/confluence/rest/api${path}`, how),
  };
}

export async function closeWorlds(): Promise<void> {
  await Promise.all(started.splice(0).map((product) => product.close()));
}

function send(port: number, path: string, { method = 'GET', as = 'alice', json, body, headers = {} }: Ask): Promise<Reply> {
  const payload = json === undefined ? body : JSON.stringify(json);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: false,
        headers: {
          ...(as !== null && { 'X-Forwarded-User': as }),
          ...(json !== undefined && { 'Content-Type': 'application/json' }),
          ...(payload !== undefined && { 'Content-Length': String(Buffer.byteLength(payload)) }),
          ...headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString('utf8');
          const isJson = incoming.headers['content-type']?.startsWith('application/json') === true && text !== '';
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            bytes,
            text,
            json: isJson ? JSON.parse(text) : undefined,
          });
        });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(payload);
  });
}
