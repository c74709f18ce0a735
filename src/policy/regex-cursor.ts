// A place in a rule's text, and the one way to refuse what stands there. Positions are indices in the whole rule, prefix included.

/** What is wrong with a rule, and where: `position` is a 0-based index in the rule, null when it concerns all of it. */
export class PatternError extends Error {
  readonly position: number | null;

  constructor(position: number | null, message: string) {
    super(message);
    this.name = 'PatternError';
    this.position = position;
  }
}

/** Refuses a construct by its name; `remedy` is what to write instead, where there is such a thing [EXT-17]. */
export function refuse(position: number | null, construct: string, remedy?: string): never {
  throw new PatternError(position, remedy === undefined ? `${construct} is not supported` : `${construct} is not supported: ${remedy}`);
}

/** A part of a rule. `end` is the index after the last character. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Reads a span of a rule from left to right. */
export class Cursor {
  readonly text: string;
  readonly end: number;
  at: number;

  constructor(text: string, span: Span) {
    this.text = text;
    this.at = span.start;
    this.end = span.end;
  }

  get hasMore(): boolean {
    return this.at < this.end;
  }

  /** The character here, '' at the end. */
  peek(): string {
    return this.hasMore ? this.text.charAt(this.at) : '';
  }

  looksAt(expected: string): boolean {
    return this.at + expected.length <= this.end && this.text.startsWith(expected, this.at);
  }

  /** Steps over `expected` if it stands here. */
  eat(expected: string): boolean {
    if (!this.looksAt(expected)) return false;
    this.at += expected.length;
    return true;
  }

  /** What a sticky expression finds here within the span, without stepping over it. */
  find(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text);
    return found !== null && this.at + found[0].length <= this.end ? found : null;
  }
}
