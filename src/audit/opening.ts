// The entry that begins a record, and from the moment it is durable the handle by which the record is ended.
import type { Clock, HostError, OpenedUse } from '../core/index.js';
import { closeBody, type Ending } from './body.js';
import type { OpenEntry, Outcome } from './contract.js';
import { Kept } from './kept.js';
import type { SpoolEntry } from './spool.js';

/** What an opening needs of the trail it belongs to. */
export interface OpeningTrail {
  readonly clock: Clock;
  append(entry: SpoolEntry): void;
  /** The use is on the disk, so it counts, whatever the caller is told [EXT-45]. */
  countUse(use: OpenedUse): void;
}

/** Where an opening reports to the caller of open(). */
interface Caller {
  resolve(opening: Opening): void;
  reject(error: HostError): void;
}

export class Opening implements SpoolEntry, OpenEntry {
  readonly isKept = false;
  readonly closes = null;
  readonly opens: string;
  readonly queuedAtMs: number;
  body: string;
  isWaiting = true;
  #sequence = 0;
  #isEnded = false;
  readonly #use: OpenedUse | null;
  readonly #trail: OpeningTrail;
  readonly #caller: Caller;

  constructor(id: string, body: string, use: OpenedUse | null, trail: OpeningTrail, caller: Caller) {
    this.opens = id;
    this.body = body;
    this.queuedAtMs = trail.clock.monotonicMs();
    this.#use = use;
    this.#trail = trail;
    this.#caller = caller;
  }

  durable(sequence: number): void {
    this.#sequence = sequence;
    // A request may run for long; its text need not be kept for it.
    this.body = '';
    if (this.#use !== null) this.#trail.countUse(this.#use);
    if (this.isWaiting) {
      this.isWaiting = false;
      this.#caller.resolve(this);
    } else {
      // The disk took it after the caller had been refused: the record says so, since nothing was done.
      this.end({ outcome: 'failed', status: 503, code: 'audit.unavailable', bytesIn: 0, bytesOut: 0 });
    }
  }

  failed(error: HostError): void {
    if (!this.isWaiting) return;
    this.isWaiting = false;
    this.#caller.reject(error);
  }

  close(outcome: Outcome): void {
    const { kind, status, code, bytesIn, bytesOut } = outcome;
    this.end({ outcome: kind, status, code, bytesIn, bytesOut });
  }

  /** Ends the record once; later calls say nothing new. */
  end(ending: Omit<Ending, 'durationMs'>): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { clock } = this.#trail;
    const durationMs = Math.round((clock.monotonicMs() - this.queuedAtMs) * 10) / 10;
    this.#trail.append(new Kept(closeBody(this.opens, this.#sequence, clock.now(), { ...ending, durationMs }), null, this.opens));
  }
}
