// Passport's own strategies, passport-http and passport-http-bearer, on the bare request [GW-11]. They are laxer than the RFCs
// (design.md §4.5), so they are handed a request-like object that holds one re-written, well-formed header and nothing else,
// and the credential of the strict parse travels beside it.
import passport from 'passport';
import { BasicStrategy } from 'passport-http';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import type { Credential } from '../core/index.js';
import type { Verification } from './verification.js';

/** Asks the token systems; rejects when it could not find out. */
export type Verify<Context> = (credential: Credential, context: Context) => Promise<Verification>;

/**
 * What a strategy sees of a request: one header. What belongs to it travels unseen; a WeakMap of all that are under way would cost each
 * collection of garbage a look through it.
 */
class SeenRequest<Context> {
  readonly headers: { readonly authorization: string };
  readonly #credential: Credential;
  readonly #context: Context;

  constructor(credential: Credential, context: Context) {
    this.headers = { authorization: wellFormed(credential) };
    this.#credential = credential;
    this.#context = context;
  }

  ask(verify: Verify<Context>): Promise<Verification> {
    return verify(this.#credential, this.#context);
  }
}

type Done = (error: unknown, user?: Verification | false) => void;

/** Runs one credential through the strategy of its scheme. Without a strategy of that kind nothing is accepted. */
export type RunStrategy<Context> = (credential: Credential, context: Context) => Promise<Verification | null>;

/** Builds the strategies around `verify`. Resolves to null when the strategy itself found no credential. */
export function createStrategies<Context>(verify: Verify<Context>): RunStrategy<Context> {
  const authenticator = new passport.Passport();
  const ask = (request: object, done: Done): void => {
    if (!(request instanceof SeenRequest)) return done(null, false);
    (request as SeenRequest<Context>).ask(verify).then(
      (verification) => done(null, verification),
      (error: unknown) => done(error),
    );
  };
  const options = { passReqToCallback: true } as const;
  const askBasic = (request: object, _name: string, _password: string, done: Done): void => ask(request, done);
  const askBearer = (request: object, _token: string, done: Done): void => ask(request, done);
  authenticator.use('basic', new BasicStrategy(options, askBasic));
  authenticator.use('bearer', new BearerStrategy(options, askBearer));

  return (credential, context) =>
    new Promise((resolve, reject) => {
      const request = new SeenRequest(credential, context);
      const whenDone = (error: unknown, verification?: Verification | false | null): void => {
        if (error !== null && error !== undefined) reject(asError(error));
        else resolve(verification === false || verification === undefined ? null : verification);
      };
      const run = authenticator.authenticate(credential.scheme, { session: false }, whenDone) as (
        request: object,
        response: object,
        next: (error?: unknown) => void,
      ) => void;
      run(request, {}, (error) => (error === undefined ? resolve(null) : reject(asError(error))));
    });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('a strategy failed', { cause: thrown });
}

function wellFormed(credential: Credential): string {
  if (credential.scheme === 'bearer') return `Bearer ${credential.secret.reveal()}`;
  // Escaped, because passport-http splits at every colon: a password `pa:ss` would arrive as `pa`.
  const pair = `${encodeURIComponent(credential.username)}:${encodeURIComponent(credential.secret.reveal())}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}
