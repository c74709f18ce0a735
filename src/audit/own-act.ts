// Acts of the trail itself, which nobody waits for: what it deleted, what it found missing.
import type { Clock } from '../core/index.js';
import { actBody, closeBody } from './body.js';
import type { AuditRecord } from './contract.js';
import { Kept } from './kept.js';
import type { Spool } from './spool.js';

const DONE = { outcome: 'done', status: null, code: null, bytesIn: null, bytesOut: null } as const;

export interface OwnActNeeds {
  readonly spool: Spool;
  readonly clock: Clock;
  readonly nextId: () => string;
}

/** Records it, opened and closed; resolves when it is durable. The disk is offered it until it takes it. */
export function noteAct(needs: OwnActNeeds, action: `audit.${string}`, detail: NonNullable<AuditRecord['detail']>): Promise<void> {
  const { spool, clock, nextId } = needs;
  const id = nextId();
  const at = clock.now();
  const body = actBody(id, at, { action, actor: null, system: null, tokenRef: null, clientAddress: null, detail });
  return new Promise((resolve) => {
    const end = (sequence: number): void => {
      spool.append(new Kept(closeBody(id, sequence, at, null, DONE), null, sequence));
      resolve();
    };
    spool.append(new Kept(body, id, null, end));
  });
}
