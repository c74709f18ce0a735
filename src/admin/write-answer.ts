// Writes one answer of a REST module, and sees to it that a body nobody read does not keep the connection busy.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { JSON_CONTENT_TYPE, LIMITS } from '../core/index.js';
import type { RestAnswer } from '../plugin-kit/rest.js';
import { declaredLength } from './read-body.js';

/** Writes `answer`. `end` and `write` of Node, since Express rewrites the content type in `json` and `send` [EXT-60]. */
export function writeAnswer(request: IncomingMessage, response: ServerResponse, answer: RestAnswer): void {
  if (response.destroyed) return;
  const body = answer.json === undefined ? '' : JSON.stringify(answer.json);
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.json !== undefined) response.setHeader('Content-Type', JSON_CONTENT_TYPE);
  if (answer.status !== 204 && answer.status !== 304) response.setHeader('Content-Length', Buffer.byteLength(body));
  if (answer.isSecret === true) response.setHeader('Cache-Control', 'no-store');
  if (mayKeepConnection(request)) response.end(body);
  else endLingering(request, response, body);
}

/** What is left of a small body Node reads away by itself; a large or endless one would keep it busy. */
function mayKeepConnection(request: IncomingMessage): boolean {
  if (request.complete) return true;
  return request.headers['transfer-encoding'] === undefined && declaredLength(request) <= LIMITS.restBodyBytesMax;
}

/**
 * Lingering close (RFC 9112 §9.6): the answer goes out at once, then a bounded part of the body is read and dropped, so that
 * the reset which follows closing with unread bytes does not take the answer from a client that is still sending.
 */
function endLingering(request: IncomingMessage, response: ServerResponse, body: string): void {
  let dropped = 0;
  const finish = (): void => {
    request.off('data', drop).off('end', finish).off('close', finish);
    response.end();
  };
  const drop = (chunk: Buffer): void => {
    dropped += chunk.length;
    if (dropped > LIMITS.discardedBodyBytesMax) finish();
  };
  response.setHeader('Connection', 'close');
  response.flushHeaders();
  if (body !== '') response.write(body);
  request.on('data', drop).on('end', finish).on('close', finish);
  request.resume();
}
