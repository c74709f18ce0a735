// "Why was this refused?": a token, a request, and what Postern would decide about the two [GW-25].
import { type FormEvent, useCallback, useEffect, useState } from 'react';
import type { ExplainAnswer } from '../../admin/api-types.js';
import { faultText } from '../api.js';
import { Button } from '../components/button.js';
import { CheckField, SelectField, TextField } from '../components/field.js';
import { Message } from '../components/message.js';
import { Page } from '../components/page.js';
import { Explanation } from '../explain/explanation.js';
import { bodyOf, CONTENT_TYPES, isWhole, METHODS, type Question, questionFrom } from '../explain/question.js';
import { TokenPicker } from '../explain/token-picker.js';
import { usePlace } from '../navigation.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';

const T = texts.explain;
const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export function ExplainPage() {
  const { query } = usePlace();
  return (
    <Page title={T.title}>
      <p>{T.about}</p>
      <ExplainForm key={query.toString()} brought={questionFrom(query)} queryNames={query.get('query') ?? ''} />
    </Page>
  );
}

interface ExplainFormProps {
  readonly brought: Question;
  /** Names of parameters whose values nobody knows any more. */
  readonly queryNames: string;
}

function ExplainForm({ brought, queryNames }: ExplainFormProps) {
  const { user } = useSession();
  const [question, setQuestion] = useState(brought);
  const { answer, fault, isBusy, ask } = useAnswer(brought);
  const change = (changes: Partial<Question>): void => setQuestion({ ...question, ...changes });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    ask(question);
  };
  const mayBeForAnyone = question.system === 'extender' && (user.administrator || question.user !== '');
  return (
    <>
      <form className="aui top-label postern-form" onSubmit={submit}>
        <TokenPicker picked={question} onPick={change} />
        <div className="postern-rule-path">
          <SelectField
            label={T.method}
            value={question.method}
            onChange={(method) => change({ method })}
            options={[...new Set([question.method, ...METHODS])].map((method) => [method, method])}
          />
          <TextField label={T.url} value={question.url} onChange={(url) => change({ url })} placeholder={T.urlExample} isRequired />
        </div>
        {queryNames === '' ? null : <p className="postern-hint">{T.queryMissing(queryNames)}</p>}
        <div className="postern-filter-row">
          <TextField label={T.address} description={T.addressAbout} value={question.address} onChange={(address) => change({ address })} />
          {mayBeForAnyone ? (
            <TextField label={T.user} description={T.userAbout} value={question.user} onChange={(name) => change({ user: name })} />
          ) : null}
        </div>
        <BodyFields question={question} onChange={change} />
        {brought.at === '' ? null : (
          <CheckField
            label={T.asOf(FORMAT.format(new Date(brought.at)))}
            isChecked={question.at !== ''}
            onChange={(isThen) => change({ at: isThen ? brought.at : '' })}
          />
        )}
        <div className="buttons-container">
          <Button kind="primary" isSubmit isDisabled={isBusy || !isWhole(question)}>
            {T.submit}
          </Button>
        </div>
      </form>
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      {answer === null ? null : <Explanation answer={answer} />}
    </>
  );
}

/** Seldom needed, so it is folded away. */
function BodyFields({ question, onChange }: { readonly question: Question; readonly onChange: (changes: Partial<Question>) => void }) {
  return (
    <details className="postern-more">
      <summary>{T.body}</summary>
      <SelectField
        label={T.contentType}
        value={question.contentType}
        onChange={(contentType) => onChange({ contentType })}
        options={CONTENT_TYPES.map((type) => [type, type])}
      />
      <TextField label={T.body} description={T.bodyAbout} lines={6} value={question.body} onChange={(body) => onChange({ body })} />
    </details>
  );
}

/** Asks at once where a link brought everything along. */
function useAnswer(brought: Question) {
  const { api } = useSession();
  const [answer, setAnswer] = useState<ExplainAnswer | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const ask = useCallback(
    (question: Question): void => {
      setBusy(true);
      setFault(null);
      api
        .call<ExplainAnswer>('POST', '/explain', bodyOf(question))
        .then(setAnswer, (error: unknown) => {
          setAnswer(null);
          setFault(faultText(error));
        })
        .finally(() => setBusy(false));
    },
    [api],
  );
  const [first] = useState(brought);
  useEffect(() => {
    if (isWhole(first)) ask(first);
  }, [ask, first]);
  return { answer, fault, isBusy, ask };
}
