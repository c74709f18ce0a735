// What the tests of bodies and connections say to the gateway piece by piece, and what the product answers byte by byte.
import { readFileSync } from 'node:fs';
import type { Gate } from '../support/gate.js';
import { converse } from './conversation.js';
import type { Gates } from './gates.js';

export const MB = 1_048_576;

export interface Wire {
  readonly gate: Gate;
  /** The `Authorization` field of a token that may do anything. */
  readonly login: string;
  /** A target of its own, so that what the product tells of it cannot be taken for another’s. */
  freshTarget(path?: string): string;
  /** The head of a request with that token. */
  head(method: string, target: string, ...fields: readonly string[]): string;
  /** Everything the client gets when the product’s answer is these bytes. */
  rawAnswer(
    bytes: string,
    sent?: { readonly method?: string; readonly fields?: readonly string[]; readonly version?: string },
  ): Promise<string>;
  /** Whether the product has been asked for this. */
  hasArrived(target: string): boolean;
}

/** A wire to the gateway profile’s gate of this file. */
export async function openWire(gates: Gates): Promise<Wire> {
  const gate = await gates.at('gateway');
  const login = await gates.login(gate);
  let count = 0;
  const freshTarget: Wire['freshTarget'] = (path = '/jira/rest/api/2/issue') => `${path}?n=${(count += 1)}`;
  return {
    gate,
    login,
    freshTarget,
    head: (method, target, ...fields) => [`${method} ${target} HTTP/1.1`, 'Host: postern.test', login, ...fields, '', ''].join('\r\n'),
    async rawAnswer(bytes, { method = 'GET', fields = [], version = '1.1' } = {}) {
      const client = await converse(gate.postern.port);
      const lines = [
        `${method} ${freshTarget()} HTTP/${version}`,
        'Host: postern.test',
        login,
        `x-test-raw: ${base64(bytes)}`,
        'Connection: close',
      ];
      await client.write([...lines, ...fields, '', ''].join('\r\n'));
      return client.untilClosed();
    },
    hasArrived: (target) => gate.upstream.requests.some((one) => one.target === target),
  };
}

/** Base64 of bytes written as latin1. */
export function base64(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

/** A chunked body put together, and the trailers behind it. */
export function unchunk(body: string): { text: string; trailers: string } {
  let text = '';
  let rest = body;
  for (;;) {
    const [line = '', size = ''] = /^([0-9a-f]+)\r\n/i.exec(rest) ?? [];
    const length = Number.parseInt(size, 16);
    if (Number.isNaN(length)) throw new Error(`no chunk: ${JSON.stringify(rest.slice(0, 100))}`);
    if (length === 0) return { text, trailers: rest.slice(line.length) };
    text += rest.slice(line.length, line.length + length);
    rest = rest.slice(line.length + length + 2);
  }
}

/** Resident memory of the gate’s process, and the most it ever had: bytes. */
export function memoryOf(gate: Gate): { now: number; most: number } {
  const text = readFileSync(`/proc/${gate.postern.child.pid}/status`, 'utf8');
  const read = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)?.[1]) * 1_024;
  return { now: read('VmRSS'), most: read('VmHWM') };
}

/** Resolves when the number has stayed the same through many turns of the gate’s process: nothing flows any more. */
export async function untilStill(gate: Gate, read: () => number | Promise<number>): Promise<number> {
  let last = -1;
  for (let same = 0; same < 25; ) {
    await fetch(`${gate.postern.origin}/readyz`);
    const value = await read();
    same = value === last ? same + 1 : 0;
    last = value;
  }
  return last;
}
