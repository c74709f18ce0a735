// Makes a token: whose kind, its name, its end, and what it may be used for. Administrators make one for another user with `?user=…`.
import { type FormEvent, useCallback, useState } from 'react';
import type { NewTokenAnswer, NewTokenBody, TokenSystemAnswer, TokenTermsAnswer } from '../../admin/api-types.js';
import { faultText } from '../api.js';
import { Button } from '../components/button.js';
import { CheckField, SelectField, TextField } from '../components/field.js';
import { Message } from '../components/message.js';
import { NewTokenDialog } from '../components/new-token.js';
import { Page } from '../components/page.js';
import { goTo, usePlace } from '../navigation.js';
import { ScopeBuilder, type Scope, UNRESTRICTED } from '../scope/scope-builder.js';
import { limitToOf } from '../scope/scope.js';
import { tooWide } from '../scope/too-wide.js';
import { TryOut } from '../scope/try-out.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { useLoaded } from '../use-loaded.js';

const T = texts.createToken;

interface Kind extends TokenSystemAnswer {
  readonly terms: TokenTermsAnswer;
}

export function CreateTokenPage() {
  const { api } = useSession();
  const { query } = usePlace();
  const user = query.get('user');
  const load = useCallback(() => api.call<readonly TokenSystemAnswer[]>('GET', '/token-systems'), [api]);
  const { value, fault } = useLoaded(load);
  const kinds = (value ?? []).filter((system): system is Kind => system.terms !== null);
  return (
    <Page title={user === null ? T.title : T.titleFor(user)}>
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      {kinds.length === 0 ? null : <TokenForm kinds={kinds} user={user} />}
    </Page>
  );
}

function TokenForm({ kinds, user }: { readonly kinds: readonly Kind[]; readonly user: string | null }) {
  const { api } = useSession();
  const [system, setSystem] = useState(kinds[0]?.system ?? '');
  const [label, setLabel] = useState('');
  const [days, setDays] = useState<string | null>(null);
  const [expires, setExpires] = useState(true);
  const [scope, setScope] = useState<Scope>(UNRESTRICTED);
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [made, setMade] = useState<NewTokenAnswer | null>(null);
  const kind = kinds.find((each) => each.system === system) ?? kinds[0];
  if (kind === undefined) return null;

  const { terms } = kind;
  const endsAt = days ?? String(terms.daysDefault ?? terms.daysMax);
  const expiresInDays = expires || !terms.mayBeEternal ? Number(endsAt) : null;
  const limitTo = terms.mayBeLimited ? limitToOf(scope.rules) : '';
  const ip = terms.mayBeLimited ? scope.addresses.trim() : '';
  const done = (): void => goTo(user === null ? 'my-tokens' : `tokens?owner=${encodeURIComponent(user)}`);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    const body: NewTokenBody = {
      system: kind.system,
      label,
      expiresInDays,
      ...(limitTo === '' ? {} : { limitTo }),
      ...(ip === '' ? {} : { ip }),
    };
    const path = user === null ? '/my/tokens' : `/users/${encodeURIComponent(user)}/tokens`;
    api
      .call<NewTokenAnswer>('POST', path, body)
      .then(setMade, (error: unknown) => setFault(faultText(error)))
      .finally(() => setBusy(false));
  };

  return (
    <>
      <form className="aui top-label postern-form" onSubmit={submit}>
        <SelectField
          label={T.kind}
          description={T.kindAbout}
          value={kind.system}
          onChange={setSystem}
          options={kinds.map((each) => [each.system, each.name])}
        />
        <TextField label={T.name} description={T.nameAbout} value={label} onChange={setLabel} lengthMax={terms.labelLengthMax} isRequired />
        <fieldset className="group">
          <legend>
            <span>{T.expiry}</span>
          </legend>
          <CheckField label={T.expires} isChecked={expires || !terms.mayBeEternal} isDisabled={!terms.mayBeEternal} onChange={setExpires} />
          {expiresInDays === null ? null : (
            <TextField
              label={T.days}
              description={T.daysAbout(terms.daysMax)}
              type="number"
              min={1}
              max={terms.daysMax}
              value={endsAt}
              onChange={setDays}
              isRequired
            />
          )}
        </fieldset>
        <h2>{T.limits}</h2>
        {terms.mayBeLimited ? (
          <>
            <p className="postern-hint">{T.limitsAbout}</p>
            <ScopeBuilder
              system={kind}
              scope={scope}
              onChange={setScope}
              warnings={tooWide({ ...scope, days: expiresInDays, mayBeLimited: true })}
            />
            <TryOut system={kind} limitTo={limitTo} ip={ip} />
          </>
        ) : (
          <Message kind="info">{T.noLimits}</Message>
        )}
        {fault === null ? null : <Message kind="error">{fault}</Message>}
        <div className="buttons-container">
          <Button kind="primary" isSubmit isDisabled={isBusy}>
            {T.submit}
          </Button>
          <Button kind="link" onPress={done}>
            {texts.action.cancel}
          </Button>
        </div>
      </form>
      {made === null ? null : <NewTokenDialog token={made} onClose={done} />}
    </>
  );
}
