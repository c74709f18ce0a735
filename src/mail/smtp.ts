// The mail server, through nodemailer. Nothing but SMTP: no files, no URLs, no other transport.
import { createTransport } from 'nodemailer';
import { LIMITS, type Secret } from '../core/index.js';
import type { WaitingMail } from './outbox.js';

/** Hands one mail to the server; rejects when the server did not take it. */
export type Deliver = (mail: WaitingMail) => Promise<void>;

/** `url` is `smtp://` or `smtps://`, name and password included; `from` one plain address. Certificates are verified. */
export function smtpDelivery(url: Secret, from: string): Deliver {
  const { protocol, hostname, port, username, password } = new URL(url.reveal());
  const isSecure = protocol === 'smtps:';
  const hasLogin = username !== '';
  const transport = createTransport({
    host: hostname.replaceAll(/[[\]]/g, ''),
    ...(port === '' ? {} : { port: Number(port) }),
    secure: isSecure,
    // A password is never sent in the clear: without STARTTLS the mail waits.
    ...(hasLogin ? { requireTLS: !isSecure, auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    connectionTimeout: LIMITS.mailTimeoutMs,
    greetingTimeout: LIMITS.mailTimeoutMs,
    socketTimeout: LIMITS.mailTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async ({ to, subject, text, html, messageId, createdAt }) => {
    await transport.sendMail({
      from,
      to,
      subject,
      text,
      html,
      messageId,
      date: new Date(createdAt),
      // RFC 3834 §5: nobody's holiday notice answers it.
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  };
}
