// Cuts a JQL text into words, quoted texts and symbols, each with its place for the error message.
import { LIMITS } from '../../../core/index.js';
import { SampleFault } from '../../fault.js';

export interface Token {
  readonly kind: 'word' | 'quoted' | 'symbol' | 'end';
  readonly text: string;
  /** Where it begins, counted from 1. */
  readonly column: number;
}

/** Longer symbols first. Every alternative is linear: no part can match in two ways. */
const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(!=|!~|<=|>=|[=~<>(),])|([^\s"'=!~<>(),]+))/suy;

/** The tokens, the last of kind `end`. Throws 400 at what is none. */
export function tokensOf(jql: string): readonly Token[] {
  if (jql.length > LIMITS.targetBytesMax) throw jqlFault('The query is longer than a URL can be.', LIMITS.targetBytesMax);
  const tokens: Token[] = [];
  const source = jql.trimEnd();
  let at = 0;
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (match === null)
      throw jqlFault(`The character '${source.slice(at).trimStart().charAt(0)}' is not expected here, or a quote is not closed.`, at + 1);
    const [whole, double, single, symbol, word] = match;
    const column = at + whole.length - whole.trimStart().length + 1;
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.replace(/\\(.)/gsu, '$1'), column });
    else tokens.push({ kind: symbol === undefined ? 'word' : 'symbol', text: symbol ?? word ?? '', column });
    at = TOKEN.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', column: source.length + 1 });
  return tokens;
}

/** 400 in the words in which Jira begins them. */
export function jqlFault(what: string, column: number): SampleFault {
  return new SampleFault(400, `Error in the JQL Query: ${what} (line 1, character ${column})`);
}
