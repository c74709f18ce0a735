// What signs the chain: a checkpoint within the spool says that everything before it was so, and the head, a file beside the folder, how far
// the spool had come. Without the site's key neither can be made, so a rewritten or shortened trail is told from the true one [AUD-4].
import { type Instant, LIMITS, type SiteKeys } from '../core/index.js';

/** What the trail needs of the site's keys to sign. */
export type TrailSigner = Pick<SiteKeys, 'sign' | 'verify'>;
/** What verification needs of them. */
export type TrailVerifier = Pick<SiteKeys, 'verify'>;

const CHECKPOINT =
  /^(\{"v":1,"seq":\d{1,16},"e":"checkpoint","id":"[^"\\]*","at":\d{1,16},"prev":"[A-Za-z0-9_-]{0,43}"),"key":"([a-z0-9-]{1,64})","sig":"([A-Za-z0-9_-]{86})"\}$/;

/** The line of a checkpoint. What is signed is the line up to `,"key"`: number, spool, time, and by the hash everything before. */
export function sealCheckpoint(sequence: number, spool: string, at: Instant, previous: string, signer: TrailSigner): string {
  return signed(`{"v":1,"seq":${sequence},"e":"checkpoint","id":"${spool}","at":${at},"prev":"${previous}"`, signer);
}

/** Whether the checkpoint is what the site's keys signed; null when its key is not among them. */
export function isCheckpointTrue(line: string, verifier: TrailVerifier): boolean | null {
  return isTrue(CHECKPOINT, line, verifier);
}

/** How far a spool had come at a moment: the line `sequence` was there and had the hash `hash`. */
export interface Head {
  readonly spool: string;
  readonly sequence: number;
  readonly hash: string;
  readonly segment: number;
  readonly at: Instant;
}

const HEAD =
  /^(\{"v":1,"spool":"([^"\\]*)","seq":(\d{1,16}),"hash":"([A-Za-z0-9_-]{0,43})","segment":(\d{1,16}),"at":(\d{1,16})),"key":"([a-z0-9-]{1,64})","sig":"([A-Za-z0-9_-]{86})"\}$/;

/** The head as one signed line. */
export function sealHead({ spool, sequence, hash, segment, at }: Head, signer: TrailSigner): string {
  return signed(`{"v":1,"spool":"${spool}","seq":${sequence},"hash":"${hash}","segment":${segment},"at":${at}`, signer);
}

/** Reads a head; null when it is none, `isTrue` as for a checkpoint. */
export function readHeadLine(line: string, verifier: TrailVerifier): { readonly head: Head; readonly isTrue: boolean | null } | null {
  const found = HEAD.exec(line);
  if (found === null) return null;
  const [, text = '', spool = '', sequence, hash = '', segment, at, keyId = '', signature = ''] = found;
  const head = { spool, sequence: Number(sequence), hash, segment: Number(segment), at: Number(at) };
  return { head, isTrue: verifier.verify('audit', text, { keyId, signature }) };
}

/** Whether so many lines without a signature want one. */
export function isCheckpointDue(lines: number): boolean {
  return lines >= LIMITS.auditCheckpointLinesMax;
}

function signed(text: string, signer: TrailSigner): string {
  const { keyId, signature } = signer.sign('audit', text);
  return `${text},"key":"${keyId}","sig":"${signature}"}`;
}

function isTrue(form: RegExp, line: string, verifier: TrailVerifier): boolean | null {
  const found = form.exec(line);
  if (found === null) return false;
  const [, text = '', keyId = '', signature = ''] = found;
  return verifier.verify('audit', text, { keyId, signature });
}
