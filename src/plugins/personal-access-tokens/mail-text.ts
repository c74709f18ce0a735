// The mails about tokens, each as text and as HTML [PAT-53]. A mail never holds a token's value.
import type { Instant, Principal } from '../../core/index.js';
import type { MailMessage } from '../../plugin-kit/contract.js';
import type { PersonalToken } from './token-row.js';

/** What became of a token. */
export type TokenEvent =
  | { readonly kind: 'created' | 'expires-soon' | 'expired'; readonly token: PersonalToken }
  /** `by` null: by Postern itself. */
  | { readonly kind: 'deleted'; readonly token: PersonalToken; readonly by: Principal | null };

interface Wording {
  readonly subject: string;
  /** One paragraph each, as plain text. */
  readonly paragraphs: readonly string[];
}

/** The mail to the owner, in both forms. */
export function writeMail(event: TokenEvent, displayName: string, productName: string): Omit<MailMessage, 'to'> {
  const { subject, paragraphs } = wordingOf(event, productName);
  const all = [`Hello ${displayName},`, ...paragraphs, `You get this mail because the token belongs to your ${productName} account.`];
  return {
    subject: `[${productName}] ${subject}`,
    text: `${all.join('\n\n')}\n`,
    html: `<!DOCTYPE html>\n<html lang="en"><body>\n${all.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}\n</body></html>\n`,
  };
}

function wordingOf(event: TokenEvent, productName: string): Wording {
  const { token } = event;
  const named = `personal access token "${token.name}"`;
  switch (event.kind) {
    case 'created':
      return {
        subject: `Your ${named} was created`,
        paragraphs: [
          `the ${named} was created for you in ${productName} on ${dayAndTime(token.createdAt)}. It ${endOf(token)}.`,
          'If it was not you who created it, revoke it and change your password.',
        ],
      };
    case 'expires-soon':
      return {
        subject: `Your ${named} expires soon`,
        paragraphs: [
          `your ${named} in ${productName} ${endOf(token)}.`,
          'An expired token cannot be brought back: create another in time, and use it in its place.',
        ],
      };
    case 'expired':
      return {
        subject: `Your ${named} has expired`,
        paragraphs: [
          `your ${named} in ${productName} expired on ${dayAndTime(token.expiresAt ?? 0)} and is no longer accepted.`,
          'An expired token cannot be brought back. If you still need one, create another.',
        ],
      };
    case 'deleted':
      return {
        subject: `Your ${named} was deleted`,
        paragraphs: [
          event.by === null
            ? `your ${named} in ${productName} was deleted automatically.`
            : `your ${named} in ${productName} was deleted by ${event.by.displayName}.`,
          'It is no longer accepted. If you still need one, create another.',
        ],
      };
    default:
      return event satisfies never;
  }
}

function endOf({ expiresAt }: PersonalToken): string {
  return expiresAt === null ? 'does not expire' : `expires on ${dayAndTime(expiresAt)}`;
}

/** `2026-01-31 10:00 UTC`. */
function dayAndTime(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
