// What a record is about, in a few words, and where it leads.
import type { AuditRecord } from '../../admin/api-types.js';
import { withQuery } from '../api.js';
import { texts } from '../texts.js';

const T = texts.audit;

/** `GET /jira/rest/…`, `token.created: ci-deploy`, `Sign-in with a password`. */
export function whatOf({ kind, method, path, action, detail, count, code }: AuditRecord): string {
  if (kind === 'login') return T.signIn;
  if (kind === 'malformed') return `${T.malformed(count ?? 1)}${code === null ? '' : ` (${code})`}`;
  if (kind === 'request') return `${method ?? ''} ${path ?? ''}`.trim();
  const label = detail?.['label'];
  return label === undefined || label === null ? (action ?? '') : `${action ?? ''}: ${String(label)}`;
}

/** The explain page with the request of a record that was refused to a token; null where there is nothing to explain. */
export function whyPage(record: AuditRecord): string | null {
  const { decision, system, tokenRef, method, path, clientAddress, time, actor, queryNames, flags } = record;
  if (decision !== 'deny' || system === null || tokenRef === null || method === null || path === null) return null;
  return withQuery('explain', {
    system,
    tokenRef,
    method,
    url: path,
    address: clientAddress,
    at: time,
    user: flags.includes('anyone') ? actor : null,
    query: queryNames?.join(' '),
  });
}

/** The records of one token alone. */
export function timelinePage(system: string, tokenRef: string): string {
  return withQuery('audit', { system, tokenRef });
}
