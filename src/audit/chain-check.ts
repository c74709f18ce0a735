// Follows the chain line by line, in constant memory, and says where it does not hold: an edit, a gap, a move, a repetition [AUD-4].
// A hash tells of the line before, so one that does not fit is judged when the line behind it is known.
import { LIMITS } from '../core/index.js';
import { lineHash, NO_LINE, previousHash } from './chain.js';
import { readHead } from './entry.js';
import type { Finding, FindingKind, Where } from './finding.js';

/** A line at its place in the chain. */
export interface InPlace {
  readonly where: Where;
  readonly line: string;
  readonly kind: string;
  readonly hash: string;
}

/** Lines whose hash of the line before does not fit, one after the other. */
interface Mismatch {
  /** The line before the first of them. */
  readonly before: Where;
  readonly first: Where;
  last: Where;
  readonly expected: string;
  readonly found: string;
}

interface Astray {
  readonly kind: 'moved' | 'repeated';
  readonly first: Where;
  last: Where;
  readonly behind: number;
}

export class ChainCheck {
  readonly findings: Finding[] = [];
  /** Findings beyond those that are kept. */
  findingsMore = 0;
  /** The first line, and the hash it holds. */
  begins: { readonly where: Where; readonly previous: string | null } | null = null;
  /** The first line that holds a hash. */
  chainBegins: Where | null = null;
  /** The last line at its place. */
  ends: Where | null = null;
  #file = '';
  #line = 0;
  /** Hash of the last line at its place; null when a line that cannot be read stands between. */
  #last: string | null = null;
  #expected = 0;
  #mismatch: Mismatch | null = null;
  #unreadable: { readonly first: number; readonly file: string; last: number } | null = null;
  #astray: Astray | null = null;

  /** What follows stands in this file. */
  beginFile(file: string): void {
    this.#file = file;
    this.#line = 0;
  }

  /** Takes the next line; tells of one at its place. */
  take(line: string): InPlace | null {
    this.#line += 1;
    const head = readHead(line);
    if (head === null) return this.#takeUnreadable();
    const where = { file: this.#file, line: this.#line, sequence: head.seq };
    const previous = previousHash(line);
    if (this.begins === null) this.#begin(where, previous);
    if (previous !== null) this.chainBegins ??= where;
    const isLinked = this.#last !== null && previous === this.#last;
    if (head.seq < this.#expected && !isLinked) return this.#takeAstray(where);
    this.#endAstray();
    this.#closeUnreadable(head.seq);
    const hash = lineHash(line);
    const sequence = this.#judge(where, previous, isLinked, head.e);
    this.#last = hash;
    this.#expected = sequence + 1;
    this.ends = { ...where, sequence };
    return { where: this.ends, line, kind: head.e, hash };
  }

  /** Judges what waited for a next line. */
  finish(): void {
    this.#endAstray();
    this.#closeUnreadable(null);
    this.#endMismatch(false);
  }

  /** Keeps a finding, unless that line was found edited already. */
  report(kind: FindingKind, first: Where, last: Where, text: string, said: { expected?: string | null; found?: string | null } = {}): void {
    const isKnown =
      kind === 'edited' && this.findings.some((one) => one.file === first.file && one.line === first.line && !isMissing(one.kind));
    if (isKnown) return;
    if (this.findings.length >= LIMITS.auditFindingsMax) {
      this.findingsMore += 1;
      return;
    }
    const { expected = null, found = null } = said;
    const places = { file: first.file, line: first.line, toLine: last.file === first.file ? last.line : first.line };
    this.findings.push({ kind, ...places, sequence: first.sequence, toSequence: last.sequence, expected, found, text });
  }

  #begin(where: Where, previous: string | null): void {
    this.begins = { where, previous };
    this.#expected = where.sequence;
    // What the first line holds is judged by what is recorded of deletions; nothing stands before the very first.
    this.#last = where.sequence === 1 ? NO_LINE : previous;
  }

  /** Resolves which number the line has its place under. */
  #judge(where: Where, previous: string | null, isLinked: boolean, kind: string): number {
    const expected = this.#expected;
    const { sequence } = where;
    if (previous === null && this.chainBegins !== null) {
      this.#endMismatch(false);
      this.report('edited', where, where, 'The line holds no hash of the one before, as every line since the chain began.');
      return sequence === expected ? sequence : this.#jump(where, false, kind);
    }
    if (sequence !== expected) {
      this.#endMismatch(false);
      return this.#jump(where, isLinked, kind);
    }
    if (previous === null || this.#last === null || isLinked) this.#endMismatch(this.#last !== null);
    else this.#noteMismatch(where, previous, this.#last);
    return sequence;
  }

  /** A number that is not the next one. */
  #jump(where: Where, isLinked: boolean, kind: string): number {
    const expected = this.#expected;
    const { sequence } = where;
    if (isLinked && kind !== 'segment') {
      const text = 'The number of the line was changed: it holds the hash of the line before it.';
      this.report('edited', { ...where, sequence: expected }, { ...where, sequence: expected }, text, {
        expected: `${expected}`,
        found: `${sequence}`,
      });
      return expected;
    }
    const missing = { first: { ...where, sequence: expected }, last: { ...where, sequence: sequence - 1 } };
    if (sequence > expected && isLinked) {
      this.report('cut', missing.first, missing.last, 'A start found the end of the trail missing and went on behind it.');
    } else if (sequence > expected && this.#last !== null) {
      this.report('gap', missing.first, missing.last, `Lines are missing ${this.#behind()}.`);
    }
    return sequence;
  }

  #behind(): string {
    return this.ends === null ? 'at the beginning' : `behind line ${this.ends.line} of ${this.ends.file}`;
  }

  #noteMismatch(where: Where, expected: string, found: string): void {
    if (this.#mismatch !== null) this.#mismatch.last = where;
    else this.#mismatch = { before: this.ends ?? where, first: where, last: where, expected, found };
  }

  /** `isNextSound`: the line behind them holds the right hash, so the last of them is as it was, but for its own hash perhaps. */
  #endMismatch(isNextSound: boolean): void {
    const run = this.#mismatch;
    this.#mismatch = null;
    if (run === null) return;
    const { before, first, last } = run;
    const said = { expected: run.expected, found: run.found };
    const isOne = first.file === last.file && first.line === last.line;
    if (isOne && isNextSound) {
      this.report('edited', before, before, `The line is not the one whose hash the next line holds.`, said);
    } else if (isNextSound) {
      const end = this.#lineBefore(last);
      this.report('edited', first, end, 'The line was changed; perhaps the one before it too.', said);
    } else {
      this.report('edited', first, last, 'The line, or the one before it, was changed: its hash of that one does not fit.', said);
    }
  }

  #lineBefore(where: Where): Where {
    return { ...where, line: Math.max(1, where.line - 1), sequence: where.sequence - 1 };
  }

  #takeUnreadable(): null {
    this.#endMismatch(false);
    if (this.#unreadable?.file === this.#file) this.#unreadable.last = this.#line;
    else {
      this.#closeUnreadable(null);
      this.#unreadable = { file: this.#file, first: this.#line, last: this.#line };
    }
    this.#last = null;
    return null;
  }

  #closeUnreadable(sequence: number | null): void {
    const run = this.#unreadable;
    this.#unreadable = null;
    if (run === null) return;
    const first = { file: run.file, line: run.first, sequence: this.#expected };
    const last = { file: run.file, line: run.last, sequence: Math.max(this.#expected, (sequence ?? this.#expected + 1) - 1) };
    this.report('unreadable', first, last, 'What stands here is no line of ours.');
  }

  #takeAstray(where: Where): null {
    const gap = this.findings.find(
      (one) => one.kind === 'gap' && (one.sequence ?? 0) <= where.sequence && where.sequence <= (one.toSequence ?? 0),
    );
    const kind = gap === undefined ? 'repeated' : 'moved';
    const run = this.#astray;
    if (run !== null && run.kind === kind && run.last.file === where.file && run.last.sequence + 1 === where.sequence) run.last = where;
    else {
      this.#endAstray();
      this.#astray = { kind, first: where, last: where, behind: this.#expected - 1 };
    }
    return null;
  }

  #endAstray(): void {
    const run = this.#astray;
    this.#astray = null;
    if (run === null) return;
    const { kind, first, last, behind } = run;
    const text =
      kind === 'moved'
        ? `They stand behind sequence ${behind} instead of at their place.`
        : `They stand here once more, behind sequence ${behind}.`;
    this.report(kind, first, last, text);
    // A gap that is filled by exactly these is no gap: one finding for one deed.
    const filled = this.findings.findIndex(
      (one) => one.kind === 'gap' && one.sequence === first.sequence && one.toSequence === last.sequence,
    );
    if (kind === 'moved' && filled >= 0) this.findings.splice(filled, 1);
  }
}

function isMissing(kind: FindingKind): boolean {
  return kind === 'gap' || kind === 'cut' || kind === 'moved' || kind === 'repeated';
}
