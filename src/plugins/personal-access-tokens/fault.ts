// Failures in the vendor's shape: the name of an exception and a text [PAT-23]. Two names are the vendor's; the others tell kinds apart.
import { type RestAnswer, RestFault } from '../../plugin-kit/rest.js';

/** The exception that a token too many is [PAT-22]. */
export const LIMIT_EXCEEDED = 'com.atlassian.pats.exception.UserTokenLimitExceededException';

const EXCEPTIONS: Readonly<Record<number, string>> = {
  400: 'java.lang.IllegalArgumentException',
  401: 'com.atlassian.sal.api.permission.AuthorisationException',
  403: 'com.atlassian.sal.api.permission.AuthorisationException',
  405: 'javax.ws.rs.NotAllowedException',
  413: 'java.lang.IllegalArgumentException',
  415: 'javax.ws.rs.NotSupportedException',
  503: 'javax.ws.rs.ServiceUnavailableException',
};

/** A failure whose exception is another than its status says. */
export function namedFault(status: number, exception: string, message: string): RestFault {
  return new RestFault(status, message, { kind: exception });
}

/** What is not there has no body [PAT-24]. */
export function renderFault({ status, message, kind }: RestFault): RestAnswer {
  if (status === 404) return { status };
  const exception = kind?.includes('Exception') === true ? kind : (EXCEPTIONS[status] ?? 'java.lang.RuntimeException');
  return { status, json: { exception, error: message } };
}
