// The catalogue: every code Postern can answer with. Codes are never reused; docs/errors.md is generated from here and a test holds both together.

/** Who has to act. */
export type ErrorOwner = 'client' | 'policy' | 'config' | 'upstream' | 'platform';

interface Row {
  readonly status: number;
  readonly owner: ErrorOwner;
  /** For the client: says what to mend, gives nothing away [GW-12]. */
  readonly publicText: string;
  /** For the operator. */
  readonly operatorText: string;
}

export const ERROR_CODES = {
  'request.malformed': {
    status: 400,
    owner: 'client',
    publicText: 'The request is not well formed.',
    operatorText: 'The request line or a header could be read in more than one way and was refused [GW-2, GW-6].',
  },
  'request.login-parameter': {
    status: 400,
    owner: 'client',
    publicText: 'Query parameters that log in or rename the method are not accepted here.',
    operatorText: 'The query holds os_username, os_password, os_authType or _method [GW-3, GW-4].',
  },
  'request.method-not-allowed': {
    status: 405,
    owner: 'client',
    publicText: 'This method is not allowed here.',
    operatorText: 'The method is known and not carried [GW-3].',
  },
  'request.method-unknown': {
    status: 501,
    owner: 'client',
    publicText: 'This method is not supported.',
    operatorText: 'The method is not one Postern carries [GW-3].',
  },
  'request.version': {
    status: 505,
    owner: 'client',
    publicText: 'Only HTTP/1.0 and HTTP/1.1 are spoken here.',
    operatorText: 'The request line names another version of HTTP.',
  },
  'request.too-long': {
    status: 414,
    owner: 'client',
    publicText: 'The request target is too long.',
    operatorText: 'The target is longer than limits.ts allows; a token with rules allows less [EXT-17].',
  },
  'request.headers-too-large': {
    status: 431,
    owner: 'client',
    publicText: 'The request headers are too large.',
    operatorText: 'The headers are larger than limits.ts allows.',
  },
  'request.credential-too-long': {
    status: 431,
    owner: 'client',
    publicText: 'The Authorization header is too long.',
    operatorText: 'The Authorization header is longer than limits.ts allows [GW-10].',
  },
  'request.expectation': {
    status: 417,
    owner: 'client',
    publicText: 'Only the expectation 100-continue is known here.',
    operatorText: 'Expect holds something other than 100-continue [GW-40].',
  },
  'request.timeout': {
    status: 408,
    owner: 'client',
    publicText: 'The request did not arrive in time.',
    operatorText: 'The client was slower than limits.ts allows [GW-41].',
  },
  'request.body-too-large': {
    status: 413,
    owner: 'client',
    publicText: 'The request body is too large.',
    operatorText: 'The body is larger than the limit for a body that Postern reads itself.',
  },
  'request.not-found': { status: 404, owner: 'client', publicText: 'There is nothing here.', operatorText: 'No route leads there [GW-7].' },
  'request.cross-site': {
    status: 403,
    owner: 'client',
    publicText: 'This did not come from a page of Postern. Load the page again.',
    operatorText: 'A change was asked for with a session, and the page token is missing or wrong, or the browser says another site asked.',
  },
  'request.websocket': {
    status: 501,
    owner: 'client',
    publicText: 'WebSockets are not supported.',
    operatorText: 'Upgrade: websocket goes through the same line and ends here until it is supported [GW-45].',
  },
  'request.aborted': {
    status: 499,
    owner: 'client',
    publicText: 'The client went away.',
    operatorText: 'The client closed its connection before the answer was complete; nothing could be sent.',
  },
  'authn.required': {
    status: 401,
    owner: 'client',
    publicText: 'Client must be authenticated to access this resource.',
    operatorText: 'No credential was sent and anonymous requests are refused [GW-15].',
  },
  'authn.refused': {
    status: 401,
    owner: 'client',
    publicText: 'Client must be authenticated to access this resource.',
    operatorText: 'A credential was sent and is not accepted [GW-12].',
  },
  'authn.password': {
    status: 401,
    owner: 'policy',
    publicText: 'Client must be authenticated to access this resource.',
    operatorText: 'A password was sent where only tokens are forwarded; the setting `passwords` decides [GW-14].',
  },
  'authn.elsewhere': {
    status: 401,
    owner: 'client',
    publicText: 'No credential is taken here: tokens open /rest/ alone.',
    operatorText: 'An Authorization header was sent outside /rest/*, where requests pass in nobody’s name (setting passThrough) [GW-8].',
  },
  'authn.denied': {
    status: 403,
    owner: 'client',
    publicText: 'Too many logins have failed. Wait, or use a token.',
    operatorText:
      'Passwords are not checked for a while, for this user or this address: too many were wrong. Tokens go on working [DIR-6].',
  },
  'authn.unavailable': {
    status: 503,
    owner: 'platform',
    publicText: 'The credential could not be checked. Try again later.',
    operatorText: 'No token system could be asked: never read as yes, never as no [GW-11].',
  },
  'policy.limits': {
    status: 403,
    owner: 'policy',
    publicText: 'This token may not be used for this request.',
    operatorText: 'No rule of the token matches [GW-23].',
  },
  'policy.address': {
    status: 403,
    owner: 'policy',
    publicText: 'This token may not be used for this request.',
    operatorText: 'The client address is not one of the token’s [GW-22].',
  },
  'policy.address-unknown': {
    status: 403,
    owner: 'policy',
    publicText: 'This token may not be used for this request.',
    operatorText: 'A trusted proxy sent an X-Forwarded-For that cannot be read, so the client is unknown [GW-22].',
  },
  'policy.site': {
    status: 403,
    owner: 'policy',
    publicText: 'This token may not be used for this request.',
    operatorText: 'The site’s policy does not permit the request [GW-20].',
  },
  'policy.overloaded': {
    status: 503,
    owner: 'platform',
    publicText: 'Too many requests are being checked. Try again later.',
    operatorText: 'As many bodies as limits.ts allows are held in memory because rules of tokens ask about them [EXT-15, GW-52].',
  },
  'policy.body-consumed': {
    status: 503,
    owner: 'config',
    publicText: 'The request body could not be checked.',
    operatorText:
      'A rule of the token asks about the body, and something before Postern has read it: guard before any body parser [EXT-15].',
  },
  'audit.unavailable': {
    status: 503,
    owner: 'platform',
    publicText: 'The request could not be recorded and was not carried out. Try again later.',
    operatorText: 'The required audit sink did not take the record in time: no record, no request [AUD-2].',
  },
  'identity.missing': {
    status: 403,
    owner: 'config',
    publicText: 'No credential for the product is stored for this user.',
    operatorText: 'Identity mode per-user, and the user has stored no upstream credential [GW-42].',
  },
  'identity.unprintable': {
    status: 403,
    owner: 'config',
    publicText: 'This user name cannot be handed to the product.',
    operatorText: 'The user name is outside printable ASCII and identity mode header does not encode it [GW-42].',
  },
  'upstream.unreachable': {
    status: 502,
    owner: 'upstream',
    publicText: 'The product could not be reached.',
    operatorText: 'No connection to the upstream: refused, or no such host [GW-41].',
  },
  'upstream.untrusted': {
    status: 502,
    owner: 'upstream',
    publicText: 'The product could not be verified.',
    operatorText:
      'TLS to the upstream: its certificate has expired, is for another name, or is signed by nobody whom the setting `upstream.ca` (or the public list) names. The log says which [GW-43].',
  },
  'upstream.reset': {
    status: 502,
    owner: 'upstream',
    publicText: 'The product closed the connection before it answered.',
    operatorText: 'The upstream ended the connection, or what it sent is not HTTP [GW-41].',
  },
  'upstream.timeout': {
    status: 504,
    owner: 'upstream',
    publicText: 'The product did not answer in time.',
    operatorText: 'Connect, first byte or idle time is over [GW-41].',
  },
  'upstream.overloaded': {
    status: 503,
    owner: 'upstream',
    publicText: 'Too many requests are waiting for the product. Try again later.',
    operatorText: 'The queue before the upstream is full [GW-52].',
  },
  'store.unavailable': {
    status: 503,
    owner: 'platform',
    publicText: 'The database could not be asked. Try again later.',
    operatorText: 'A statement failed for a reason other than its content.',
  },
  'platform.unexpected': {
    status: 500,
    owner: 'platform',
    publicText: 'Something went wrong here.',
    operatorText: 'An error nobody foresaw: see the log for its stack.',
  },
} as const satisfies Record<string, Row>;

export type ErrorCode = keyof typeof ERROR_CODES;
