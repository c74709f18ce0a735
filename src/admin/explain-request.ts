// The body of `POST /api/v1/explain`, read strictly: a question that was half understood would be answered wrongly [GW-25].
import { type Instant, type JudgedBody, LIMITS } from '../core/index.js';
import { readInstant } from '../plugin-kit/instant-text.js';
import { type Fields, optionalText, requireFields } from '../plugin-kit/request-body.js';
import { type RestCall, RestFault } from '../plugin-kit/rest.js';
import { plainAddress } from '../policy/index.js';
import type { ExplainRequest } from './explain-types.js';

/** What is asked, in our words. */
export interface ExplainQuestion {
  readonly about:
    | { readonly kind: 'token'; readonly system: string; readonly tokenRef: string }
    | { readonly kind: 'rules'; readonly system: string; readonly limitTo: string | null; readonly ip: string | null };
  readonly username: string | null;
  readonly method: string;
  readonly url: string;
  readonly address: string;
  readonly body: JudgedBody | null;
  readonly at: Instant;
}

const KNOWN = [
  'system',
  'tokenRef',
  'limitTo',
  'ip',
  'user',
  'method',
  'url',
  'address',
  'body',
  'contentType',
  'at',
] as const satisfies readonly (keyof ExplainRequest)[];

/** Whose rules they are where nobody says: Extender's, which has the language [EXT-10]. */
const USUAL_SYSTEM = 'extender';

/** Reads it. Throws RestFault 400 that names the property. */
export async function readQuestion(call: RestCall, now: Instant): Promise<ExplainQuestion> {
  const fields = requireFields(await call.json(), KNOWN);
  return {
    about: readSubject(fields),
    username: optionalText(fields, 'user'),
    method: requireText(fields, 'method').toUpperCase(),
    url: readUrl(fields),
    address: readAddress(fields, call.request.clientAddress),
    body: readBody(fields),
    at: readAt(fields, now),
  };
}

function readSubject(fields: Fields): ExplainQuestion['about'] {
  const [system, tokenRef] = [optionalText(fields, 'system'), optionalText(fields, 'tokenRef')];
  const areRulesGiven = 'limitTo' in fields || 'ip' in fields;
  if (tokenRef !== null && areRulesGiven) throw new RestFault(400, 'Give a token (system, tokenRef) or rules (limitTo, ip), not both.');
  if (tokenRef !== null && system === null) throw new RestFault(400, 'system must be there beside tokenRef.');
  if (tokenRef !== null && system !== null) return { kind: 'token', system, tokenRef };
  if (!areRulesGiven) throw new RestFault(400, 'Give a token (system, tokenRef) or rules (limitTo, ip).');
  return { kind: 'rules', system: system ?? USUAL_SYSTEM, limitTo: optionalText(fields, 'limitTo'), ip: optionalText(fields, 'ip') };
}

function requireText(fields: Fields, name: string): string {
  const text = optionalText(fields, name);
  if (text === null) throw new RestFault(400, `${name} must be there.`);
  return text;
}

function readUrl(fields: Fields): string {
  const url = requireText(fields, 'url');
  // The answer repeats it: what a request line could never hold is not looked at.
  if (url.length > 2 * LIMITS.targetBytesMax) throw new RestFault(400, `url is longer than ${2 * LIMITS.targetBytesMax} characters.`);
  return url;
}

function readAddress(fields: Fields, caller: string | null): string {
  const given = optionalText(fields, 'address') ?? caller;
  const address = given === null ? null : plainAddress(given);
  if (address === null) throw new RestFault(400, 'address must be one address, such as 192.0.2.1 or 2001:db8::1.');
  return address;
}

function readBody(fields: Fields): JudgedBody | null {
  const body = fields['body'];
  if (body === undefined || body === null) return null;
  if (typeof body !== 'string') throw new RestFault(400, 'body must be a string: the text of the body, as it would be sent.');
  return {
    bytes: Buffer.from(body, 'utf8'),
    contentType: optionalText(fields, 'contentType') ?? 'application/json',
    contentEncoding: null,
  };
}

function readAt(fields: Fields, now: Instant): Instant {
  const text = optionalText(fields, 'at');
  const at = text === null ? now : readInstant(text);
  // Past it there is no such date [ECMA-262 §21.4.1.1].
  if (at === null || at > 8.64e15) throw new RestFault(400, 'at must be ISO 8601 with a zone, such as 2026-01-31T10:00:00Z.');
  return at;
}
