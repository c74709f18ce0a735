// Failures as the cloud's clients read them: one flat object with a `key` [CLD-5].
import type { RestAnswer, RestFault } from '../../plugin-kit/rest.js';

const KEYS: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  405: 'methodNotAllowed',
  413: 'payloadTooLarge',
  415: 'unsupportedMediaType',
  429: 'tooManyRequests',
  503: 'serviceUnavailable',
};

/** `message` is left out where the fault has none: a key with scopes is told `{"key":"forbidden"}` and nothing else [CLD-3]. */
export function renderFault({ status, message }: RestFault): RestAnswer {
  const key = KEYS[status] ?? (status < 500 ? 'badRequest' : 'internalServerError');
  return { status, json: message === '' ? { key } : { key, message } };
}
