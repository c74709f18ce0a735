// The header that the product receives, field by field.
import type { Gate } from '../support/gate.js';
import type { RecordedRequest } from '../support/upstream.js';

const line = (name: string, value: string): string => `${name}: ${value}`.trim();

/** `Name: value` of every field, the request id left out. */
export function lines(received: RecordedRequest | undefined): readonly string[] {
  const raw = received?.rawHeaders ?? [];
  return raw
    .flatMap((name, index) => (index % 2 === 0 ? [line(name, raw[index + 1] ?? '')] : []))
    .filter((field) => !field.startsWith('X-Request-Id: '));
}

export interface Arrival {
  readonly gate: Gate;
  /** The address it was sent from. */
  readonly from: string;
  /** Fields of the client’s. */
  readonly kept?: readonly string[];
  readonly user?: string | null;
  readonly forwardedFor?: string;
  readonly proto?: string;
  readonly host?: string;
}

/** Everything the product is to receive but the request id. */
export function arriving(arrival: Arrival): string[] {
  const { gate, from, kept = [], user = 'admin', forwardedFor = from, proto = 'http', host = 'postern.test' } = arrival;
  return [
    `Host: 127.0.0.1:${gate.upstream.port}`,
    'Connection: keep-alive',
    ...kept.map((field) => field.trim()),
    ...(user === null ? [] : [`X-Forwarded-User: ${user}`]),
    `X-Forwarded-For: ${forwardedFor}`,
    `X-Forwarded-Proto: ${proto}`,
    `X-Forwarded-Host: ${host}`,
  ];
}
