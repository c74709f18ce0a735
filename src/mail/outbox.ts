// The mails that wait: put in within the transaction of what they tell of, taken out once the server has them.
import type { EntityManager } from 'typeorm';
import { type Clock, type Instant, LIMITS, type Logger, type RandomSource } from '../core/index.js';
import type { MailMessage, MailQueue } from '../plugin-kit/contract.js';
import { posternMailTable } from './postern-mail.js';

/** The part of the database that mail needs. */
export interface MailStore {
  read<Row extends object>(sql: string, parameters?: readonly (string | number | null)[]): Promise<readonly Row[]>;
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
}

/** One mail that waits. */
export interface WaitingMail extends MailMessage {
  readonly id: number;
  readonly messageId: string;
  readonly createdAt: Instant;
  /** How often it was tried before. */
  readonly tries: number;
}

export interface Outbox extends MailQueue {
  /** Those whose time has come, in that order; at most `LIMITS.mailBatchMax`. */
  due(): Promise<readonly WaitingMail[]>;
  /** Counts a try before it is made and puts the next one off. False: another node was quicker. */
  claim(mail: WaitingMail, nextTryAt: Instant): Promise<boolean>;
  remove(mail: WaitingMail): Promise<void>;
}

export interface OutboxNeeds {
  readonly store: MailStore;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
}

interface MailRow {
  readonly id: number | string;
  readonly message_id: string;
  readonly to_name: string;
  readonly to_address: string;
  readonly subject: string;
  readonly body_text: string;
  readonly body_html: string;
  readonly created_at: number | string;
  readonly tries: number | string;
}

const DUE = `SELECT id, message_id, to_name, to_address, subject, body_text, body_html, created_at, tries FROM postern_mail
  WHERE next_try_at <= ? ORDER BY next_try_at, id LIMIT ?`;

const MESSAGE_ID_BYTES = 16;

/** The outbox on a migrated store. */
export function openOutbox({ store, clock, random, logger }: OutboxNeeds): Outbox {
  return {
    async send(manager, { to, subject, text, html }) {
      if ((await manager.count(posternMailTable)) >= LIMITS.mailQueueMax) {
        logger.warn({ waiting: LIMITS.mailQueueMax }, 'Too many mails are waiting for the mail server; a new one was dropped');
        return;
      }
      const now = clock.now();
      await manager.insert(posternMailTable, {
        message_id: `<${random.bytes(MESSAGE_ID_BYTES).toString('hex')}@postern>`,
        to_name: to.name,
        to_address: to.address,
        subject,
        body_text: text,
        body_html: html,
        created_at: now,
        tries: 0,
        next_try_at: now,
      });
    },
    due: async () => (await store.read<MailRow>(DUE, [clock.now(), LIMITS.mailBatchMax])).map(fromRow),
    claim: ({ id, tries }, nextTryAt) =>
      store.transaction(async (manager) => {
        const { affected } = await manager.update(posternMailTable, { id, tries }, { tries: tries + 1, next_try_at: nextTryAt });
        return affected === 1;
      }),
    remove: ({ id }) =>
      store.transaction(async (manager) => {
        await manager.delete(posternMailTable, { id });
      }),
  };
}

function fromRow(row: MailRow): WaitingMail {
  return {
    id: Number(row.id),
    messageId: row.message_id,
    to: { name: row.to_name, address: row.to_address },
    subject: row.subject,
    text: row.body_text,
    html: row.body_html,
    createdAt: Number(row.created_at),
    tries: Number(row.tries),
  };
}
