// Syslog over TCP or TLS. The protocol has no acknowledgement, and what the system took may still be lost. What does tell is an orderly end:
// we close our half, the receiver reads everything up to there, and closes its own. So connections are ended now and then, and what was
// sent on one that broke is sent again [AUD-22].
import { readFileSync } from 'node:fs';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Receiver, SinkBatch, SyslogSink } from './contract.js';
import { toSyslog } from './syslog-message.js';

export class SyslogReceiver implements Receiver {
  readonly #sink: SyslogSink;
  readonly #version: string;
  readonly #onBreak: () => void;
  #socket: Socket | null = null;
  /** Set while the other end's close is what is waited for. */
  #isEnding = false;
  #isBroken = false;

  /** `onBreak` is called when a connection ends that was not to. */
  constructor(sink: SyslogSink, version: string, onBreak: () => void) {
    this.#sink = sink;
    this.#version = version;
    this.#onBreak = onBreak;
  }

  isBroken(): boolean {
    const { isBroken } = { isBroken: this.#isBroken };
    this.#isBroken = false;
    return isBroken;
  }

  async send({ records }: SinkBatch, signal: AbortSignal): Promise<void> {
    const text = records.map((record) => toSyslog(record, this.#sink.format, this.#version)).join('');
    this.#socket ??= await this.#connect(signal);
    const socket = this.#socket;
    const cut = (): void => void socket.destroy();
    signal.addEventListener('abort', cut);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('close', () => reject(new Error('The receiver closed the connection.')));
        socket.write(text, 'latin1', (error) => (error ? reject(error) : resolve()));
      });
    } finally {
      signal.removeEventListener('abort', cut);
    }
  }

  async confirm(signal: AbortSignal): Promise<void> {
    const socket = this.#socket;
    if (socket === null) throw new Error('The connection is gone.');
    this.#isEnding = true;
    const cut = (): void => void socket.destroy(new Error('The receiver did not end the connection in time.'));
    signal.addEventListener('abort', cut);
    try {
      await new Promise<void>((resolve, reject) => {
        let hasEnded = false;
        socket.once('end', () => (hasEnded = true));
        socket.once('error', reject);
        // Without the other's end it was a break, or a reset because something was not read.
        socket.once('close', (hadError) => (hadError || !hasEnded ? reject(new Error('The connection broke.')) : resolve()));
        socket.end();
      });
    } finally {
      signal.removeEventListener('abort', cut);
      this.#isEnding = false;
      this.#socket = null;
    }
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #connect(signal: AbortSignal): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const { isTls } = this.#sink.address;
      const socket = isTls ? this.#connectTls() : connectTcp({ ...this.#place(), noDelay: true });
      const cut = (): void => void socket.destroy();
      signal.addEventListener('abort', cut, { once: true });
      socket.once(isTls ? 'secureConnect' : 'connect', () => {
        signal.removeEventListener('abort', cut);
        resolve(socket);
      });
      // An error tells why; the close that follows ends the connection either way.
      socket.on('error', reject);
      socket.once('close', () => {
        reject(new Error('The receiver closed the connection.'));
        this.#noteClose(socket);
      });
      // Nothing is expected, and what is not read would hide the end.
      socket.resume();
    });
  }

  #connectTls(): Socket {
    const { host } = this.#sink.address;
    const name = isIP(host) === 0 ? { servername: host } : {};
    const ca = this.#sink.ca === null ? {} : { ca: readFileSync(this.#sink.ca) };
    return connectTls({ ...this.#place(), ...name, ...ca });
  }

  #place(): { readonly host: string; readonly port: number } {
    const { host, port } = this.#sink.address;
    return { host, port };
  }

  #noteClose(socket: Socket): void {
    if (this.#socket !== socket || this.#isEnding) return;
    this.#socket = null;
    this.#isBroken = true;
    this.#onBreak();
  }
}
