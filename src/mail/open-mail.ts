// Mail to users: what was queued goes out by itself, and is tried again with growing delay until the server takes it [PAT-53].
import { LIMITS, type Secret } from '../core/index.js';
import type { MailQueue } from '../plugin-kit/contract.js';
import { openOutbox, type Outbox, type OutboxNeeds, type WaitingMail } from './outbox.js';
import type { Deliver } from './smtp.js';

export interface MailNeeds extends OutboxNeeds {
  /** null: there is no mail server, and nothing is sent. */
  readonly url: Secret | null;
  /** The sender: one plain address. */
  readonly from: string;
}

export interface Mail extends MailQueue {
  /** Ends once the mail under way is through; what waits goes out after the next start. */
  close(): Promise<void>;
}

/** Mail at work. Without a server one warning says so, and what is sent is dropped. */
export async function openMail(needs: MailNeeds): Promise<Mail> {
  if (needs.url === null) {
    needs.logger.warn({ setting: 'mail.url' }, 'No mail server is set: users get no mail');
    return { send: async () => undefined, close: async () => undefined };
  }
  // Most houses send no mail: what speaks SMTP is loaded by those that do.
  const { smtpDelivery } = await import('./smtp.js');
  const outbox = openOutbox(needs);
  const rounds = new Rounds(outbox, smtpDelivery(needs.url, needs.from), needs);
  const stop = needs.clock.every(
    LIMITS.mailDeliveryMs,
    () => rounds.run(),
    (error) => needs.logger.error({ error: String(error) }, 'Waiting mails cannot be read; tried again'),
  );
  return {
    send: (manager, message) => outbox.send(manager, message),
    async close() {
      stop();
      await rounds.end();
    },
  };
}

/** Takes what is due to the server, one mail after the other. */
class Rounds {
  readonly #outbox: Outbox;
  readonly #deliver: Deliver;
  readonly #needs: MailNeeds;
  #running: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(outbox: Outbox, deliver: Deliver, needs: MailNeeds) {
    this.#outbox = outbox;
    this.#deliver = deliver;
    this.#needs = needs;
  }

  run(): Promise<void> {
    this.#running = this.#round();
    return this.#running;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running.catch(() => undefined);
  }

  /** Until nothing is due, or one fails: a server that is away is not asked for every mail that waits. */
  async #round(): Promise<void> {
    for (;;) {
      const due = await this.#outbox.due();
      if (due.length === 0) return;
      for (const mail of due) {
        if (this.#isOver || !(await this.#try(mail))) return;
      }
    }
  }

  /** False when the server did not take it. */
  async #try(mail: WaitingMail): Promise<boolean> {
    const delay = Math.min(LIMITS.mailRetryMs * 2 ** mail.tries, LIMITS.mailRetryMsMax);
    // Put off first: a process that dies here leaves the mail for later, under the same Message-ID, and another node does not send it too.
    if (!(await this.#outbox.claim(mail, this.#needs.clock.now() + delay))) return true;
    try {
      await this.#deliver(mail);
    } catch (error) {
      await this.#failed(mail, error as Error);
      return false;
    }
    await this.#outbox.remove(mail);
    return true;
  }

  async #failed(mail: WaitingMail, { message }: Error): Promise<void> {
    const fields = { mail: mail.messageId, tries: mail.tries + 1, error: message };
    if (mail.tries + 1 < LIMITS.mailTriesMax) {
      this.#needs.logger.warn(fields, 'The mail server did not take a mail; it is tried again later');
      return;
    }
    this.#needs.logger.error(fields, 'The mail server did not take a mail; it is dropped');
    await this.#outbox.remove(mail);
  }
}
