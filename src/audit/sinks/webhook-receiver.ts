// Signed POST requests. A 2xx answer is the acknowledgement; anything else, and a redirect, is none [AUD-22].
import { createHmac } from 'node:crypto';
import { Agent, request } from 'undici';
import type { Clock } from '../../core/index.js';
import type { Receiver, SinkBatch, WebhookSink } from './contract.js';
import { formatRecord } from './format.js';

/** `v1=` and HMAC-SHA-256, in hex, of the seconds, a full stop and the body: a signature cannot be used with another body, nor for long. */
export function signWebhook(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

export class WebhookReceiver implements Receiver {
  readonly #sink: WebhookSink;
  readonly #version: string;
  readonly #clock: Clock;
  readonly #agent = new Agent({ connections: 1, pipelining: 1 });

  constructor(sink: WebhookSink, version: string, clock: Clock) {
    this.#sink = sink;
    this.#version = version;
    this.#clock = clock;
  }

  async send({ records, id }: SinkBatch, signal: AbortSignal): Promise<void> {
    const { url, secret, format } = this.#sink;
    const body = records.map((record) => `${formatRecord(record, format, this.#version)}\n`).join('');
    const timestamp = String(Math.floor(this.#clock.now() / 1_000));
    const answer = await request(url, {
      method: 'POST',
      dispatcher: this.#agent,
      signal,
      headers: {
        'content-type': format === 'cef' ? 'text/plain' : 'application/x-ndjson',
        'user-agent': `Postern/${this.#version}`,
        'x-postern-delivery': id,
        'x-postern-timestamp': timestamp,
        'x-postern-signature': signWebhook(secret.reveal(), timestamp, body),
      },
      body,
    });
    // The body is not looked at; read to its end the connection can be used again.
    await answer.body.dump();
    if (answer.statusCode < 200 || answer.statusCode > 299) throw new Error(`The receiver answered ${answer.statusCode}.`);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
