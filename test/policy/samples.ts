// Requests and identities as policy sees them, with everything that a test does not speak about left ordinary.
import type { Grant, Identity, JudgedBody, Limits, Principal, RequestView, RuleSubject } from '../../src/core/index.js';

export const NOW = 1_700_000_000_000;

/** A request target as the gateway would have made it canonical: escaped unreserved characters are those characters [GW-1]. */
export function subject(method: string, target: string, body: JudgedBody | null = null): RuleSubject {
  const mark = target.indexOf('?');
  const path = (mark < 0 ? target : target.slice(0, mark)).replace(/%([0-9A-Fa-f]{2})/g, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape.toUpperCase();
  });
  return { method, path, contextPath: path.startsWith('/jira') ? '/jira' : '', query: mark < 0 ? null : target.slice(mark + 1), body };
}

export function json(text: string, headers: Partial<JudgedBody> = {}): JudgedBody {
  return { bytes: Buffer.from(text), contentType: 'application/json', contentEncoding: null, ...headers };
}

export function view(changes: Partial<RequestView> = {}): RequestView {
  return {
    method: 'GET',
    path: '/rest/api/2/issue/KANBAN-1',
    query: null,
    product: 'jira',
    contextPath: '',
    peer: '192.0.2.7',
    clientAddress: '192.0.2.7',
    userAgent: null,
    receivedAt: NOW,
    ...changes,
  };
}

export function principal(changes: Partial<Principal> = {}): Principal {
  return {
    userId: 1,
    userKeys: { jira: 'JIRAUSER10100', confluence: '0123456789abcdef0123456789abcdef' },
    username: 'alice',
    displayName: 'Alice',
    emailAddress: 'alice@example.test',
    accountId: 'a1',
    isAdministrator: false,
    isActive: true,
    ...changes,
  };
}

export function grant(changes: Partial<Grant> = {}): Grant {
  return { tokenRef: 'token-1', system: 'extender', validUntil: null, limits: [], isAnyone: false, ...changes };
}

export function limits(changes: Partial<Limits> = {}): Limits {
  return { rules: null, addresses: null, ...changes };
}

export function withToken(granted: Grant = grant(), owner: Principal = principal()): Extract<Identity, { kind: 'authenticated' }> {
  return { kind: 'authenticated', principal: owner, grant: granted, scheme: 'basic', credentialDigest: 'digest' };
}

export function withPassword(owner: Principal = principal()): Extract<Identity, { kind: 'authenticated' }> {
  return { kind: 'authenticated', principal: owner, grant: null, scheme: 'basic', credentialDigest: 'digest' };
}
