// `postern audit find-token`: who used a value that leaked. It comes from standard input: what stands on a command line is seen by everybody
// who lists processes, and stays in the shell's history [AUD-10].
import type { AuditRecord } from '../audit/contract.js';
import { findCredential } from '../audit/find-credential.js';
import { quote } from '../audit/quote.js';
import { parseAuthorization } from '../authn/authorization-header.js';
import { LIMITS, type SiteKeys } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { explainFailure } from './explain-failure.js';
import { type PlaceNeeds, requireTrail, trailPlace } from './trail-place.js';

export interface FindTokenOptions {
  /** One record a line, as it is exported. */
  readonly json?: boolean;
  /** The newest first, so many at most; left out: all, the oldest first. */
  readonly newest?: number;
}

export interface FindTokenNeeds extends PlaceNeeds {
  /** Everything on standard input, null where it is a terminal. */
  readonly readInput: () => Promise<string | null>;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** What is told of each token that the value stood for. */
interface Seen {
  readonly system: string | null;
  readonly tokenRef: string | null;
  count: number;
  permitted: number;
  readonly first: string;
  last: string;
  readonly actors: Set<string>;
}

/** Resolves to the exit code: 0 it was used, 1 the trail holds no use of it, 2 nobody could find out. */
export async function findToken(options: FindTokenOptions, needs: FindTokenNeeds): Promise<0 | 1 | 2> {
  try {
    const { folder, keys } = trailPlace(needs);
    requireTrail(folder);
    const digests = digestsOf(await readValue(needs), await keys());
    const seen = new Map<string, Seen>();
    const newest: AuditRecord[] = [];
    const show = (record: AuditRecord): void => needs.print(options.json === true ? JSON.stringify(record) : describe(record));
    for await (const record of findCredential(folder, digests)) {
      note(seen, record);
      if (options.newest === undefined) show(record);
      else if (newest.push(record) > options.newest) newest.shift();
    }
    for (const record of newest.toReversed()) show(record);
    // Beside the records and not among them: they may be for a program.
    for (const token of seen.values()) needs.complain(summary(token));
    if (seen.size === 0)
      needs.complain('The trail holds no use of this value. What retention deleted, or another node took, is not in it.');
    return seen.size === 0 ? 1 : 0;
  } catch (error) {
    for (const line of explainFailure(error)) needs.complain(line);
    return 2;
  }
}

async function readValue({ readInput }: FindTokenNeeds): Promise<string> {
  const value = (await readInput())?.trim() ?? '';
  if (value === '')
    throw new StartError('There is no value.', 'Give it on standard input: `postern audit find-token < file`; never as a flag.');
  if (value.length > LIMITS.authorizationBytesMax) throw new StartError('The value is too long for a credential.', 'Give the token alone.');
  return value;
}

/** Under every key, of the value itself and of what it presents where it is a whole Authorization header. */
function digestsOf(value: string, keys: SiteKeys): readonly string[] {
  const header = parseAuthorization(value.replace(/^Authorization:\s*/i, ''));
  const values = header.kind === 'credential' ? [value, header.credential.secret.reveal()] : [value];
  return values.flatMap((one) => keys.digests('credential-digest', one).map(({ digest }) => digest));
}

function note(seen: Map<string, Seen>, { system, tokenRef, time, decision, actor }: AuditRecord): void {
  const key = JSON.stringify([system, tokenRef]);
  let token = seen.get(key);
  if (token === undefined)
    seen.set(key, (token = { system, tokenRef, count: 0, permitted: 0, first: time, last: time, actors: new Set() }));
  token.count += 1;
  if (decision === 'permit') token.permitted += 1;
  token.last = time;
  if (actor !== null && token.actors.size < ACTORS_MAX) token.actors.add(actor);
}

/** Names told of one token: one that may stand for anybody has many. */
const ACTORS_MAX = 20;

function summary({ system, tokenRef, count, permitted, first, last, actors }: Seen): string {
  const what =
    tokenRef === null
      ? system === 'password'
        ? 'A password'
        : 'No token that was known'
      : `The token ${quote(tokenRef)} of ${quote(system ?? '')}`;
  const who = actors.size === 0 ? '' : `, as ${[...actors].map(quote).join(', ')}`;
  return `${what}: ${count} requests, ${permitted} of them permitted, from ${first} to ${last}${who}.`;
}

/** One line for a person; what a client sent is quoted, so that nothing in it does anything to a terminal. */
function describe(record: AuditRecord): string {
  const { time, decision, outcome, status, method, path, clientAddress, actor, system, tokenRef, userAgent, sequence } = record;
  const quoted = [actor, system, tokenRef, clientAddress, userAgent].map((text) => (text === null ? '-' : quote(text)));
  return `${time} ${decision ?? '-'} ${outcome} ${status ?? '-'} ${method ?? '-'} ${quote(path ?? '')} ${quoted.join(' ')} #${sequence}`;
}
