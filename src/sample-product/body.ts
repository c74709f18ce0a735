// Reads request bodies: JSON and uploads, each within its bound. Express's own readers do the work; past a bound they stop without cutting the connection.
import { promisify } from 'node:util';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { Response as FetchResponse } from 'undici';
import { LIMITS } from '../core/index.js';
import { SampleFault } from './fault.js';

/** A file as it was sent in a form. */
export interface UploadedFile {
  /** Without any folders. */
  readonly filename: string;
  readonly mimeType: string;
  readonly content: Buffer;
}

const readJson = express.json({ limit: LIMITS.restBodyBytesMax, strict: false });
const readForm = express.raw({ limit: LIMITS.sampleUploadBytesMax, type: 'multipart/form-data' });

/** The body as JSON. Throws 400 for none and 415 for another content type; what Express's reader throws has a status as well. */
export async function jsonBody(request: Request, response: Response): Promise<unknown> {
  const body = await read(readJson, request, response);
  if (body !== undefined) return body;
  if (request.is('json') === false) throw new SampleFault(415, 'Unsupported Media Type');
  throw new SampleFault(400, 'No content to map to Object due to end of input');
}

/** The files in the parts named `file` of a multipart form. Throws 400 where it is not one, 413 past the bound, 415 for another type. */
export async function uploadedFiles(request: Request, response: Response): Promise<readonly UploadedFile[]> {
  const form = await read(readForm, request, response);
  if (!Buffer.isBuffer(form)) throw new SampleFault(415, 'Unsupported Media Type');
  const files: UploadedFile[] = [];
  for (const part of await partsNamedFile(form, request.headers['content-type'] ?? '')) {
    if (typeof part === 'string') continue;
    files.push({
      filename: part.name.replace(/^.*[/\\]/s, ''),
      mimeType: part.type === '' ? 'application/octet-stream' : part.type,
      content: Buffer.from(await part.arrayBuffer()),
    });
  }
  return files;
}

/** The form read by undici's parser: the fetch standard's, the only kept one among the dependencies. */
async function partsNamedFile(form: Buffer, contentType: string) {
  try {
    return (await new FetchResponse(form, { headers: { 'content-type': contentType } }).formData()).getAll('file');
  } catch {
    throw new SampleFault(400, 'The request body is not a well-formed multipart/form-data form.');
  }
}

async function read(reader: RequestHandler, request: Request, response: Response): Promise<unknown> {
  await promisify(reader)(request, response);
  return request.body;
}
