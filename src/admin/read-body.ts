// Reads a request body into memory within bounds. It never destroys the socket: the refusal must still reach the client.
import type { IncomingMessage } from 'node:http';
import { type Clock, HostError, LIMITS } from '../core/index.js';

/** Whether the head announces a body (RFC 9112 §6.3). */
export function announcesBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || declaredLength(request) > 0;
}

/** Bytes that Content-Length announces; 0 without the field. */
export function declaredLength(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}

/**
 * The whole body. Rejects with HostError request.body-too-large as soon as that is known (by Content-Length before a byte
 * is read), request.timeout after `LIMITS.bodyTimeoutMs`, request.aborted when the client goes away.
 */
export function readBody(request: IncomingMessage, clock: Clock): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (declaredLength(request) > LIMITS.restBodyBytesMax) return reject(new HostError('request.body-too-large'));
    // An empty one that a rule asked about is over already [EXT-15].
    if (request.readableEnded) return resolve(Buffer.alloc(0));
    if (request.destroyed) return reject(new HostError('request.aborted'));
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (finish: () => void): void => {
      cancelTimeout();
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      request.pause();
      finish();
    };
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LIMITS.restBodyBytesMax) settle(() => reject(new HostError('request.body-too-large')));
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks, size)));
    const onClose = (): void => settle(() => reject(new HostError('request.aborted')));
    const cancelTimeout = clock.after(LIMITS.bodyTimeoutMs, () => settle(() => reject(new HostError('request.timeout'))));
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}
