// `postern audit verify`: whether the trail is as it was written, and where it is not [AUD-4].
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { TrailVerifier } from '../audit/checkpoint.js';
import { describeFinding } from '../audit/finding.js';
import { type Verification, verifyTrail } from '../audit/verify.js';
import { StartError } from '../core/start-error.js';
import { isSignature } from '../store/signatures.js';
import { explainFailure } from './explain-failure.js';
import { type PlaceNeeds, requireTrail, trailPlace } from './trail-place.js';

export interface VerifyOptions {
  /** One JSON object instead of text. */
  readonly json?: boolean;
  /** Copies of the head that were kept elsewhere. */
  readonly anchor?: readonly string[];
  /** The trail's folder, where it is not that of the settings: a copy of it. */
  readonly folder?: string;
  /** What `postern audit public-keys` printed, instead of the key file. */
  readonly publicKeys?: string;
}

export interface VerifyNeeds extends PlaceNeeds {
  /** The result, line by line. */
  readonly print: (line: string) => void;
  /** Progress, and what went wrong, line by line. */
  readonly complain: (line: string) => void;
}

/** Resolves to the exit code: 0 it is as it was written, 1 it is not, 2 nobody could find out. */
export async function verifyAudit(options: VerifyOptions, needs: VerifyNeeds): Promise<0 | 1 | 2> {
  try {
    const place = trailPlace(needs);
    const folder = options.folder ?? place.folder;
    requireTrail(folder);
    const found = await verifyTrail({
      folder,
      keys: options.publicKeys === undefined ? await place.keys() : await publicKeys(options.publicKeys),
      anchors: options.anchor ?? [],
      onProgress: ({ bytes, bytesTotal }) => needs.complain(`Verified ${megabytes(bytes)} of ${megabytes(bytesTotal)} MB.`),
    });
    if (options.json === true) needs.print(JSON.stringify(found, null, 2));
    else for (const line of describe(folder, found)) needs.print(line);
    return found.isSound ? 0 : 1;
  } catch (error) {
    for (const line of explainUnread(error)) needs.complain(line);
    return 2;
  }
}

/** `postern audit public-keys`: what lets somebody verify who must not be able to sign. */
export async function printPublicKeys(needs: VerifyNeeds): Promise<0 | 2> {
  try {
    const keys = await trailPlace(needs).keys();
    needs.print(JSON.stringify(Object.fromEntries(keys.publicKeys('audit')), null, 2));
    return 0;
  } catch (error) {
    for (const line of explainFailure(error)) needs.complain(line);
    return 2;
  }
}

async function publicKeys(file: string): Promise<TrailVerifier> {
  const parsed = z.record(z.string(), z.string()).safeParse(parseJson(await readFile(file, 'utf8')));
  if (!parsed.success) throw new StartError(`${file} holds no public keys.`, 'Give the file that `postern audit public-keys` printed.');
  const keys = new Map(Object.entries(parsed.data).map(([id, pem]) => [id, createPublicKey(pem)]));
  return {
    verify(_purpose, text, { keyId, signature }) {
      const key = keys.get(keyId);
      return key === undefined ? null : isSignature(text, key, signature);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function explainUnread(error: unknown): readonly string[] {
  const { code, path } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && typeof path === 'string' ? [`${path} cannot be read (${code}).`] : explainFailure(error);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}

function describe(folder: string, found: Verification): readonly string[] {
  const lines = found.findings.map(describeFinding);
  if (found.findingsMore > 0) lines.push(`… and ${found.findingsMore} more.`);
  const where = `${found.lines} lines in ${found.segments} segments of ${folder}, sequences ${found.firstSequence ?? 0} to ${found.lastSequence ?? 0}`;
  lines.push(
    found.isSound
      ? `As it was written: ${where}.`
      : `Not as it was written: ${found.findings.length + found.findingsMore} findings in ${where}.`,
  );
  if (found.chainBeginsAt !== null && found.chainBeginsAt !== found.firstSequence)
    lines.push(`The lines before sequence ${found.chainBeginsAt} were written without hashes and cannot be verified.`);
  if (found.lastSequence !== null) lines.push(signedBy(found));
  return lines;
}

function signedBy({ signedThrough, signedAt, linesUnsigned }: Verification): string {
  if (signedThrough === null || signedAt === null) return `Nothing is signed yet: ${linesUnsigned} lines are chained alone.`;
  const signed = `Signed up to sequence ${signedThrough}, at ${new Date(signedAt).toISOString()}`;
  return linesUnsigned === 0 ? `${signed}.` : `${signed}; the ${linesUnsigned} lines behind it are chained and not signed yet.`;
}
