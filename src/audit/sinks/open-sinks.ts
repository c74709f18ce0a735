// All sinks of a trail: each with its own pump, and the one promise that they make together: what is required has been acknowledged [AUD-2].
import { type Clock, HostError, type Logger, type SpoolPosition } from '../../core/index.js';
import type { Durability } from '../segment-writer.js';
import type { Receiver, SinkOptions } from './contract.js';
import { FileReceiver } from './file-receiver.js';
import { Pump, type SinkLoss } from './pump.js';
import { SyslogReceiver } from './syslog-receiver.js';
import { WebhookReceiver } from './webhook-receiver.js';

export interface SinksOptions {
  readonly sinks: readonly SinkOptions[];
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly durability: Durability;
  /** Postern's, for formats that tell it. */
  readonly version: string;
  readonly end: () => SpoolPosition;
  readonly onLoss: (loss: SinkLoss) => void;
}

/** Who still needs the spool, and from where on. */
export interface SinkHold {
  readonly name: string;
  readonly isRequired: boolean;
  readonly position: SpoolPosition;
}

export class Sinks {
  readonly #all: readonly { readonly sink: SinkOptions; readonly pump: Pump }[];
  readonly #required: readonly Pump[];

  private constructor(all: readonly { readonly sink: SinkOptions; readonly pump: Pump }[]) {
    this.#all = all;
    this.#required = all.filter(({ sink }) => sink.mode === 'required').map(({ pump }) => pump);
  }

  /** Rejects with the system's error when a cursor cannot be read. */
  static async open(options: SinksOptions): Promise<Sinks> {
    const all: { readonly sink: SinkOptions; readonly pump: Pump }[] = [];
    for (const sink of options.sinks) {
      const opened: { pump?: Pump } = {};
      const receiver = openReceiver(sink, options, () => opened.pump?.wake());
      opened.pump = await Pump.open({ ...options, sink, receiver });
      all.push({ sink, pump: opened.pump });
    }
    return new Sinks(all);
  }

  get holds(): readonly SinkHold[] {
    return this.#all.map(({ sink, pump }) => ({ name: sink.name, isRequired: sink.mode === 'required', position: pump.position }));
  }

  /** Something became durable. */
  wake(): void {
    for (const { pump } of this.#all) pump.wake();
  }

  /** null when nobody has to acknowledge anything; else resolves when all required sinks have, and rejects with audit.unavailable. */
  acknowledged(sequence: number): Promise<void> | null {
    if (this.#required.length === 0) return null;
    return Promise.all(this.#required.map((pump) => pump.acknowledged(sequence))).then(() => undefined);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(({ pump }) => pump.close()));
  }
}

function openReceiver(sink: SinkOptions, { version, clock, durability }: SinksOptions, onBreak: () => void): Receiver {
  switch (sink.kind) {
    case 'file':
      return new FileReceiver(sink, version, clock, durability === 'power');
    case 'syslog':
      if (sink.mode === 'required') throw new HostError('platform.unexpected', { detail: 'Syslog has no acknowledgement to wait for.' });
      return new SyslogReceiver(sink, version, onBreak);
    case 'webhook':
      return new WebhookReceiver(sink, version, clock);
    default:
      return sink satisfies never;
  }
}
