// Where people sign in with a password of the directory.
import { type FormEvent, useEffect, useState } from 'react';
import type { SessionAnswer } from '../../admin/api-types.js';
import { createApi, faultText } from '../api.js';
import { Button } from '../components/button.js';
import { TextField } from '../components/field.js';
import { Message } from '../components/message.js';
import icon from '../icon.svg';
import { texts } from '../texts.js';

export interface SignInProps {
  /** A session was there, and ended. */
  readonly isEnded: boolean;
  readonly profile: SessionAnswer['profile'];
  readonly onSignedIn: (answer: SessionAnswer) => void;
}

export function SignInPage({ isEnded, profile, onSignedIn }: SignInProps) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    document.title = texts.product.pageTitle(texts.signIn.title);
  }, []);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    createApi(null, () => undefined)
      .call<SessionAnswer>('POST', '/session', { username, password })
      .then(onSignedIn, (error: unknown) => {
        setPassword('');
        setBusy(false);
        setFault(faultText(error));
      });
  };

  return (
    <main className="postern-alone">
      <section className="postern-card">
        <p className="postern-mark">
          <img src={icon} alt="" width="32" height="32" /> {texts.product.name}
        </p>
        <h1>{texts.signIn.title}</h1>
        {isEnded && fault === null ? <Message kind="info">{texts.signIn.ended}</Message> : null}
        {fault === null ? null : <Message kind="error">{fault}</Message>}
        <form className="aui top-label" onSubmit={submit}>
          <TextField label={texts.signIn.username} value={username} onChange={setUsername} autoComplete="username" isRequired hasFocus />
          <TextField
            label={texts.signIn.password}
            type="password"
            value={password}
            onChange={setPassword}
            autoComplete="current-password"
            isRequired
          />
          <div className="buttons-container">
            <Button kind="primary" isSubmit isDisabled={isBusy}>
              {texts.signIn.submit}
            </Button>
          </div>
        </form>
        {profile === 'emulator' ? <p className="postern-hint">{texts.signIn.demo}</p> : null}
      </section>
    </main>
  );
}
