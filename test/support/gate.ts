// A whole Postern from dist/ before a recording product, in both profiles: what the tests of the data plane stand on.
import type { AuditRecord } from '../../src/audit/contract.js';
import { basic, type RawAnswer, sendRaw } from './raw-client.js';
import { folderAfterFirstStart, GATEWAY_PASSWORD } from './first-start.js';
import { type PosternProcess, startPosternProcess } from './postern-process.js';
import { type RecordedRequest, type RecordingUpstream, startUpstream, type UpstreamOptions } from './upstream.js';

export const ADMIN = { username: 'admin', password: 'admin' } as const;

export interface Gate {
  readonly profile: 'emulator' | 'gateway';
  readonly postern: PosternProcess;
  readonly upstream: RecordingUpstream;
  /** Makes a token through the real API; `fields` as tokenTools/set takes them. Resolves with its value. */
  token(fields: Readonly<Record<string, unknown>>): Promise<{ token: string; id: string }>;
  /** tokenTools call with the administrator's password. */
  tokenTools(call: 'get' | 'set' | 'delete', body?: unknown): Promise<{ status: number; json: Record<string, unknown> }>;
  /** Sends raw bytes and tells what the client got and what reached the upstream. */
  send(
    bytes: string | Buffer,
    options?: { untilClose?: boolean; from?: string },
  ): Promise<{ answer: RawAnswer; received: readonly RecordedRequest[] }>;
  /** A call of the control plane with a password, the administrator's unless another is given. */
  api(method: string, path: string, body?: unknown, authorization?: string): Promise<{ status: number; text: string }>;
  /** The audit trail as it is exported; the records of the tools' own calls are in it too. */
  records(): Promise<readonly AuditRecord[]>;
  /** `Authorization` value for a token of the administrator's. */
  as(token: string): string;
  /** `Authorization` value for the administrator's password. */
  readonly password: string;
  close(): Promise<void>;
}

export interface GateOptions {
  readonly jiraContext?: string;
  /** Origin to reach instead of the recording product's. */
  readonly upstreamOrigin?: string;
  readonly upstream?: UpstreamOptions;
  readonly settings?: Readonly<Record<string, string>>;
}

/** The administrator has the same name and password in both profiles; the gateway's is the bootstrap one. */
export async function openGate(profile: 'emulator' | 'gateway', options: GateOptions = {}): Promise<Gate> {
  const upstream = await startUpstream(options.upstream);
  const context = options.jiraContext ?? '/jira';
  const postern = await startPosternProcess(
    {
      POSTERN_PROFILE: profile,
      POSTERN_JIRA_UPSTREAM: options.upstreamOrigin ?? upstream.origin,
      POSTERN_JIRA_CONTEXT: context,
      POSTERN_UPSTREAM_IDENTITY: 'header:X-Forwarded-User',
      ...options.settings,
    },
    await folderAfterFirstStart(profile),
  ).catch(async (error: unknown) => {
    await upstream.close();
    throw error;
  });
  // The gateway profile refuses printed passwords, so its administrator has another.
  const password = profile === 'gateway' ? GATEWAY_PASSWORD : ADMIN.password;
  const api: Gate['api'] = async (method, path, body, authorization = basic(ADMIN.username, password)) => {
    const answer = await fetch(`${postern.origin}${path}`, {
      method,
      headers: { Authorization: authorization, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const tokenTools: Gate['tokenTools'] = async (call, body) => {
    const answer = await fetch(`${postern.origin}${context}/rest/extender/1.0/tokenTools/${call}`, {
      method: call === 'get' ? 'GET' : call === 'set' ? 'POST' : 'DELETE',
      headers: { Authorization: basic('admin', password), 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };
  return {
    profile,
    postern,
    upstream,
    tokenTools,
    api,
    async records() {
      const { status, text } = await api('GET', '/api/v1/audit.jsonl');
      if (status !== 200) throw new Error(`audit.jsonl answered ${status}: ${text}`);
      return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as AuditRecord]));
    },
    async token(fields) {
      const { status, json } = await tokenTools('set', { label: 'test', userName: 'admin', ...fields });
      if (status !== 200) throw new Error(`tokenTools/set answered ${status}: ${JSON.stringify(json)}`);
      return { token: String(json['token']), id: String(json['id']) };
    },
    async send(bytes, sendOptions) {
      const before = upstream.requests.length;
      const answer = await sendRaw(postern.port, bytes, sendOptions);
      // The product tells of a request before it answers it, on the same channel, so a fence of our own orders the two.
      await upstream.answerWith(null);
      return { answer, received: upstream.requests.slice(before) };
    },
    as: (token) => basic(ADMIN.username, token),
    password: basic(ADMIN.username, password),
    async close() {
      await postern.close();
      await upstream.close();
    },
  };
}

/** One request as bytes: request line, Host, fields, empty line, body. */
export function request(method: string, target: string, fields: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [`${method} ${target} HTTP/1.1`, 'Host: postern.test', ...fields, ...length, '', body].join('\r\n');
}
