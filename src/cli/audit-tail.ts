// `postern audit tail`: the last records of the trail, and with --follow those that come, out of the files: beside a running server or without
// one, and without a password, for whoever may read the data folder [AUD-23].
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { AuditRecord } from '../audit/contract.js';
import { readEntryBatches } from '../audit/entry-batches.js';
import { quote } from '../audit/quote.js';
import { listSegments, segmentPath } from '../audit/segments.js';
import { RecordJoin } from '../audit/tail.js';
import { type Environment, loadSettings } from '../config/load.js';
import { HOUSE_SETTINGS } from '../config/schema.js';
import { type Clock, LIMITS, type SpoolPosition } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { plugins } from '../plugins/index.js';
import { explainFailure } from './explain-failure.js';

export interface TailOptions {
  /** How many of the last records; a text of digits. */
  readonly lines: string;
  readonly follow?: boolean;
  /** Whole records as JSON lines instead of a short line each. */
  readonly json?: boolean;
}

export interface TailNeeds {
  readonly environment: Environment;
  readonly flags: readonly string[];
  readonly clock: Clock;
  print(line: string): void;
  complain(line: string): void;
  /** Resolves when following is to end. */
  readonly interrupted: Promise<void>;
}

const LINES_MAX = 100_000;

/** Resolves to the exit code: 0 shown, 1 not, and it was said why. */
export async function tailAudit(options: TailOptions, needs: TailNeeds): Promise<0 | 1> {
  try {
    const count = /^\d{1,6}$/.test(options.lines) ? Math.min(Number(options.lines), LINES_MAX) : null;
    if (count === null) throw new StartError('--lines must be a whole number.', `Give one from 0 to ${LINES_MAX}.`);
    const folder = auditFolder(needs);
    const print = (record: AuditRecord): void => needs.print(options.json === true ? JSON.stringify(record) : shortLine(record));
    await show(folder, count, options.follow === true, print, needs);
    return 0;
  } catch (error) {
    for (const line of explainFailure(error)) needs.complain(line);
    return 1;
  }
}

async function show(
  folder: string,
  count: number,
  isFollowing: boolean,
  print: (record: AuditRecord) => void,
  needs: TailNeeds,
): Promise<void> {
  const join = new RecordJoin();
  let last: AuditRecord[] = [];
  let place = await firstPlace(folder);
  const readOn = async (take: (record: AuditRecord) => void): Promise<void> => {
    const end = await endOf(folder);
    if (end === null) return;
    for await (const { lines, position } of readEntryBatches(folder, place, end, LIMITS.auditShipLines)) {
      for (const line of lines) for (const told of join.take(line)) if (told.event === 'ended') take(told.record);
      place = position;
    }
  };
  await readOn((record) => {
    last.push(record);
    if (last.length > 2 * count) last = last.slice(last.length - count);
  });
  if (count > 0) for (const record of last.slice(-count)) print(record);
  if (isFollowing) await follow(() => readOn(print), needs);
}

async function follow(readOn: () => Promise<void>, { clock, interrupted }: TailNeeds): Promise<void> {
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  const stop = clock.every(LIMITS.auditShipDelayMs, readOn, (error) => fail(error));
  await Promise.race([interrupted, failed]).finally(stop);
}

function auditFolder({ environment, flags }: TailNeeds): string {
  const settings = loadSettings(
    plugins.flatMap(({ manifest }) => manifest.settings),
    environment,
    flags,
  );
  return path.join(path.resolve(settings.get(HOUSE_SETTINGS.data)), 'audit');
}

/** The last segment but one: a record that ended early in the last may have begun before it. */
async function firstPlace(folder: string): Promise<SpoolPosition | null> {
  const segments = await segmentsOf(folder);
  const segment = segments.at(-2) ?? segments.at(-1);
  return segment === undefined ? null : { spool: '', segment, offset: 0 };
}

async function endOf(folder: string): Promise<SpoolPosition | null> {
  const segment = (await segmentsOf(folder)).at(-1);
  return segment === undefined ? null : { spool: '', segment, offset: (await stat(segmentPath(folder, segment))).size };
}

async function segmentsOf(folder: string): Promise<readonly number[]> {
  try {
    return await listSegments(folder);
  } catch (cause) {
    throw new StartError(
      `There is no audit trail to be read in ${folder}.`,
      'Name the data folder: --data=…, and be the user Postern runs as.',
      cause,
    );
  }
}

/** Time, what came of it, who, from where, what. What somebody else wrote is in quotes where a terminal could take it for more than text. */
function shortLine(record: AuditRecord): string {
  const {
    time,
    kind,
    decision,
    status,
    outcome,
    actor,
    system,
    tokenRef,
    clientAddress,
    peer,
    method,
    path: target,
    action,
    code,
    count,
  } = record;
  const what = kind === 'request' ? `${method ?? ''} ${plain(target)}` : `${kind}${action === null ? '' : ` ${plain(action)}`}`;
  const parts = [
    time,
    decision ?? outcome,
    status ?? '-',
    plain(actor),
    plain(clientAddress ?? peer),
    what,
    ...(tokenRef === null ? [] : [`${plain(system)}:${plain(tokenRef)}`]),
    ...(code === null ? [] : [code]),
    ...(count === null ? [] : [`×${count}`]),
  ];
  return parts.join(' ');
}

function plain(text: string | null): string {
  if (text === null || text === '') return '-';
  return /^[!#-~]+$/.test(text) ? text : quote(text);
}
