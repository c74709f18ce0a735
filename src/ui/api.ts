// The one way from the pages to the server: JSON on `/api/v1`, with the page token on every change.
import type { FaultAnswer } from '../admin/api-types.js';
import { texts } from './texts.js';

const ROOT = '/api/v1';

/** What the server refused, in words for the person; `status` 0: it could not be reached. */
export class ApiFault extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiFault';
    this.status = status;
  }
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** Calls the server as whoever is signed in. */
export interface Api {
  /** Resolves with the answer's JSON; undefined where there is none. Throws ApiFault. */
  call<T>(method: Method, path: string, body?: unknown): Promise<T>;
}

/** An Api with the page token of one session; `onSignedOut` is told when the server knows the session no more. */
export function createApi(pageToken: string | null, onSignedOut: () => void): Api {
  return {
    async call<T>(method: Method, path: string, body?: unknown): Promise<T> {
      const response = await send(method, path, body, pageToken);
      if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
      if (response.status === 401 && pageToken !== null) onSignedOut();
      throw new ApiFault(response.status, await messageOf(response));
    },
  };
}

/** `/tokens?a=1`: what is null, undefined or empty is left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

/** What went wrong, for a person. */
export function faultText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function send(method: Method, path: string, body: unknown, pageToken: string | null): Promise<Response> {
  try {
    return await fetch(ROOT + path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(pageToken === null ? {} : { 'X-Postern-Page': pageToken }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiFault(0, texts.fault.unreachable);
  }
}

async function messageOf(response: Response): Promise<string> {
  try {
    return ((await response.json()) as FaultAnswer).message;
  } catch {
    return texts.fault.unknown(response.status);
  }
}
