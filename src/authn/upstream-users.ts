// Asks the product behind the gateway whose password this is: a Basic pair, sent to the resource that tells who is logged in [DIR-5].
import type { Dispatcher } from 'undici';
import * as z from 'zod';
import { type AskOutside, HostError, LIMITS, type OutsideUser, type Secret, type UpstreamProduct } from '../core/index.js';

/** Where the product is. */
export interface UpstreamUsersNeeds {
  readonly product: UpstreamProduct;
  /** '' or `/jira`. */
  readonly contextPath: string;
  /** The connections to it; asked for each time, for they may be opened later. */
  readonly connections: () => Pick<Dispatcher, 'request'>;
}

const PATHS = { jira: '/rest/api/2/myself', confluence: '/rest/api/user/current' } as const;

const JiraUser = z.object({
  name: z.string(),
  displayName: z.string().default(''),
  emailAddress: z.string().optional(),
  active: z.boolean().default(true),
});
// `type` tells a user from the anonymous one, with whom Confluence answers 200 too.
const ConfluenceUser = z.object({ type: z.literal('known'), username: z.string(), displayName: z.string().default('') });

type Answer = Awaited<ReturnType<Dispatcher['request']>>;

/** The product as an outside directory. */
export function upstreamUsers(needs: UpstreamUsersNeeds): AskOutside {
  return async (username, password) => {
    try {
      return await ask(needs, username, password);
    } catch (error) {
      if (error instanceof HostError) throw error;
      // In words of ours: an error of the connection says nothing of what was sent.
      throw unavailable(needs.product, (error as NodeJS.ErrnoException).code ?? (error as Error).name);
    }
  };
}

async function ask(
  { product, contextPath, connections }: UpstreamUsersNeeds,
  username: string,
  password: Secret,
): Promise<OutsideUser | null> {
  const answer = await connections().request({
    method: 'GET',
    path: `${contextPath}${PATHS[product]}`,
    headers: { authorization: basic(username, password), accept: 'application/json' },
    headersTimeout: LIMITS.outsideLoginMs,
    bodyTimeout: LIMITS.outsideLoginMs,
  });
  const text = await readText(answer, product);
  if (answer.statusCode === 200) return readUser(product, text);
  if (answer.statusCode === 401) return null;
  if (answer.statusCode === 403 && isDenied(answer))
    throw new HostError('authn.denied', { detail: `${product} does not look at the password [DIR-6].` });
  throw unavailable(product, `status ${answer.statusCode}`);
}

/** RFC 7617, UTF-8. */
function basic(username: string, password: Secret): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`, 'utf8').toString('base64')}`;
}

function isDenied({ headers }: Answer): boolean {
  return (
    headers['x-authentication-denied-reason'] !== undefined || String(headers['x-seraph-loginreason']).includes('AUTHENTICATION_DENIED')
  );
}

async function readText({ body }: Answer, product: UpstreamProduct): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > LIMITS.outsideUserBytesMax) throw unavailable(product, 'too long an answer');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What is not the user that the resource documents is no login: a page of somebody in between, or an anonymous answer. */
function readUser(product: UpstreamProduct, text: string): OutsideUser {
  const json = parse(text);
  if (product === 'jira') {
    const user = JiraUser.safeParse(json);
    if (user.success) {
      const { name, displayName, emailAddress = null, active } = user.data;
      return { username: name, displayName, emailAddress, isActive: active };
    }
  } else {
    const user = ConfluenceUser.safeParse(json);
    if (user.success) return { ...user.data, emailAddress: null, isActive: true };
  }
  throw unavailable(product, 'an answer that tells of no user');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unavailable(product: UpstreamProduct, what: string): HostError {
  return new HostError('authn.unavailable', { detail: `${product} was asked whose password it is, and gave ${what}.` });
}
