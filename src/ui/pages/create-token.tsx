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

interface Draft {
  readonly system: string;
  readonly label: string;
  /** As typed; null: as the kind says. */
  readonly days: string | null;
  readonly expires: boolean;
  readonly scope: Scope;
}

const EMPTY: Draft = { system: '', label: '', days: null, expires: true, scope: UNRESTRICTED };

function TokenForm({ kinds, user }: { readonly kinds: readonly Kind[]; readonly user: string | null }) {
  const { api } = useSession();
  const [draft, setDraft] = useState(EMPTY);
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [made, setMade] = useState<NewTokenAnswer | null>(null);
  const kind = kinds.find(({ system }) => system === draft.system) ?? kinds[0];
  if (kind === undefined) return null;

  const change = (changes: Partial<Draft>): void => setDraft({ ...draft, ...changes });
  const done = (): void => goTo(user === null ? 'my-tokens' : `tokens?owner=${encodeURIComponent(user)}`);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    api
      .call<NewTokenAnswer>('POST', user === null ? '/my/tokens' : `/users/${encodeURIComponent(user)}/tokens`, bodyOf(kind, draft))
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
          onChange={(system) => change({ system })}
          options={kinds.map(({ system, name }) => [system, name])}
        />
        <TextField
          label={T.name}
          description={T.nameAbout}
          value={draft.label}
          onChange={(label) => change({ label })}
          lengthMax={kind.terms.labelLengthMax}
          isRequired
        />
        <ExpiryFields kind={kind} draft={draft} onChange={change} />
        <LimitFields kind={kind} draft={draft} onChange={change} />
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

interface PartProps {
  readonly kind: Kind;
  readonly draft: Draft;
  readonly onChange: (changes: Partial<Draft>) => void;
}

function ExpiryFields({ kind, draft, onChange }: PartProps) {
  const { daysMax, mayBeEternal } = kind.terms;
  return (
    <fieldset className="group">
      <legend>
        <span>{T.expiry}</span>
      </legend>
      <CheckField
        label={T.expires}
        isChecked={draft.expires || !mayBeEternal}
        isDisabled={!mayBeEternal}
        onChange={(expires) => onChange({ expires })}
      />
      {daysOf(kind, draft) === null ? null : (
        <TextField
          label={T.days}
          description={T.daysAbout(daysMax)}
          type="number"
          min={1}
          max={daysMax}
          value={daysText(kind, draft)}
          onChange={(days) => onChange({ days })}
          isRequired
        />
      )}
    </fieldset>
  );
}

function LimitFields({ kind, draft, onChange }: PartProps) {
  const { limitTo, ip } = limitsOf(kind, draft);
  return (
    <>
      <h2>{T.limits}</h2>
      {kind.terms.mayBeLimited ? (
        <>
          <p className="postern-hint">{T.limitsAbout}</p>
          <ScopeBuilder
            system={kind}
            scope={draft.scope}
            onChange={(scope) => onChange({ scope })}
            warnings={tooWide({ ...draft.scope, days: daysOf(kind, draft), mayBeLimited: true })}
          />
          <TryOut system={kind} limitTo={limitTo} ip={ip} />
        </>
      ) : (
        <Message kind="info">{T.noLimits}</Message>
      )}
    </>
  );
}

function daysText({ terms }: Kind, { days }: Draft): string {
  return days ?? String(terms.daysDefault ?? terms.daysMax);
}

/** null: it never expires. */
function daysOf(kind: Kind, draft: Draft): number | null {
  return draft.expires || !kind.terms.mayBeEternal ? Number(daysText(kind, draft)) : null;
}

/** What was put together for another kind is kept, and not asked for where it cannot be. */
function limitsOf({ terms }: Kind, { scope }: Draft): { readonly limitTo: string; readonly ip: string } {
  return terms.mayBeLimited ? { limitTo: limitToOf(scope.rules), ip: scope.addresses.trim() } : { limitTo: '', ip: '' };
}

function bodyOf(kind: Kind, draft: Draft): NewTokenBody {
  const { limitTo, ip } = limitsOf(kind, draft);
  return {
    system: kind.system,
    label: draft.label,
    expiresInDays: daysOf(kind, draft),
    ...(limitTo === '' ? {} : { limitTo }),
    ...(ip === '' ? {} : { ip }),
  };
}
