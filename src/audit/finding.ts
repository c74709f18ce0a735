// What verification says of a trail that is not as it was written: each finding names its place and what was to be expected there [AUD-4].

export type FindingKind =
  /** The content of the line is not what the next line's hash, or a signature, says it was. */
  | 'edited'
  /** A line that is none of ours stands where one was, or between two. */
  | 'unreadable'
  /** Lines are missing before this one. */
  | 'gap'
  /** Lines that are missing elsewhere stand here. */
  | 'moved'
  /** Lines that stand at their place too stand here again. */
  | 'repeated'
  /** A checkpoint that the site's keys did not sign: it, or anything since the one before, was rewritten. */
  | 'forged'
  /** A checkpoint signed with a key that the key file does not hold: it cannot be told. */
  | 'unknown-key'
  /** The end is missing. */
  | 'cut'
  /** The beginning is missing, and no deletion of it is recorded. */
  | 'beginning'
  /** The head, or an anchor kept elsewhere, is missing, not ours, or contradicts the trail. */
  | 'head';

/** A line of a spool. */
export interface Where {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly sequence: number;
}

export interface Finding {
  readonly kind: FindingKind;
  readonly file: string;
  /** The first line it is about, from 1; for what is missing the line behind it, or the last line before it at the end. */
  readonly line: number;
  readonly toLine: number;
  /** The sequences it is about; null where they cannot be told. */
  readonly sequence: number | null;
  readonly toSequence: number | null;
  readonly expected: string | null;
  readonly found: string | null;
  /** For a person. */
  readonly text: string;
}

/** One line of a report. */
export function describeFinding({ kind, file, line, toLine, sequence, toSequence, expected, found, text }: Finding): string {
  const lines = toLine === line ? `line ${line}` : `lines ${line} to ${toLine}`;
  const numbers = sequence === null ? '' : sequence === toSequence ? `, sequence ${sequence}` : `, sequences ${sequence} to ${toSequence}`;
  const said = expected === null && found === null ? '' : ` Expected ${expected ?? 'nothing'}, found ${found ?? 'nothing'}.`;
  return `${kind}: ${file}, ${lines}${numbers}: ${text}${said}`;
}
