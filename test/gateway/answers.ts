// What a parser makes of an answer's bytes, written down so that two readings can be compared.
import { AnswerParser } from '../../src/gateway/http1/answer-parser.js';

/** One reading. Bytes as latin1. */
export interface Reading {
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
  readonly interims: readonly (readonly [number, string, ...string[]])[];
  /** Whether the connection may be used again. */
  readonly isKept: boolean;
}

/** Reads pieces that arrive one after the other, and then the connection's end. null: refused. */
export function readAnswer(pieces: readonly Buffer[], method = 'GET'): Reading | null {
  const parser = new AnswerParser();
  const interims: [number, string, ...string[]][] = [];
  let [status, reason, body] = [0, '', ''];
  let fields: string[] = [];
  parser.begin(method, {
    interim: (code, text, list) => void interims.push([code, text, ...list]),
    head(code, text, list) {
      if (status !== 0) throw new Error('a second head');
      [status, reason, fields] = [code, text, list];
    },
    body(piece) {
      if (status === 0) throw new Error('a body before its head');
      body += typeof piece === 'string' ? piece : piece.toString('latin1');
      return true;
    },
  });
  let isAll = true;
  try {
    for (const piece of pieces) {
      // The bytes are the connection's again afterwards: whoever kept them would read these instead.
      const lent = Buffer.from(piece);
      if (parser.read(lent) < piece.length) isAll = false;
      lent.fill('!');
    }
    if (!parser.isComplete) parser.finish();
    const isKept = parser.persists && isAll;
    return { status, reason, fields, body, trailers: parser.takeTrailers(), interims, isKept };
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'POSTERN_ANSWER') throw error;
    return null;
  }
}

/** The same, of a text with one character for each byte. */
export function readText(text: string, method = 'GET'): Reading | null {
  return readAnswer([Buffer.from(text, 'latin1')], method);
}

/** A text for a title. */
export const spelled = (text: string): string => JSON.stringify(text).slice(1, -1).slice(0, 80);
