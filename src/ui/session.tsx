// Who is signed in, for every page below.
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import type { SessionAnswer, SessionUser } from '../admin/api-types.js';
import { type Api, createApi, faultText } from './api.js';
import { SignInPage } from './pages/sign-in.js';
import { texts } from './texts.js';

export interface SignedIn {
  readonly user: SessionUser;
  readonly profile: SessionAnswer['profile'];
  readonly api: Api;
  readonly signOut: () => Promise<void>;
}

const SessionContext = createContext<SignedIn | null>(null);

/** The session. Only below a SessionGate. */
export function useSession(): SignedIn {
  const session = use(SessionContext);
  if (session === null) throw new Error('There is no session here.');
  return session;
}

/** Shows what is within to those who are signed in, and to everybody else the page to sign in. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const [answer, setAnswer] = useState<SessionAnswer | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [isEnded, setEnded] = useState(false);

  const load = useCallback((): void => {
    setFault(null);
    createApi(null, () => undefined)
      .call<SessionAnswer>('GET', '/session')
      .then(setAnswer, (error: unknown) => setFault(faultText(error)));
  }, []);
  useEffect(load, [load]);

  const session = useMemo((): SignedIn | null => {
    if (answer === null || answer.user === null) return null;
    const leave = (): void => setAnswer({ ...answer, user: null, pageToken: null });
    const api = createApi(answer.pageToken, () => {
      setEnded(true);
      leave();
    });
    return {
      user: answer.user,
      profile: answer.profile,
      api,
      async signOut() {
        await api.call('DELETE', '/session');
        setEnded(false);
        leave();
      },
    };
  }, [answer]);

  if (session !== null) return <SessionContext value={session}>{children}</SessionContext>;
  if (fault !== null) {
    return (
      <main className="postern-alone">
        <div className="aui-message aui-message-error postern-message" role="alert">
          <p>{fault}</p>
        </div>
        <button className="aui-button" type="button" onClick={load}>
          {texts.action.tryAgain}
        </button>
      </main>
    );
  }
  if (answer === null) return <main className="postern-alone" aria-busy="true" />;
  return <SignInPage isEnded={isEnded} profile={answer.profile} onSignedIn={setAnswer} />;
}
