// What was decided and why, from the answer down to the rules that were asked.
import type { ExplainAnswer, RuleTrace } from '../../admin/api-types.js';
import { CopyValue } from '../components/copy-value.js';
import { Message } from '../components/message.js';
import { Table } from '../components/table.js';
import { texts } from '../texts.js';

const T = texts.explain;

export function Explanation({ answer }: { readonly answer: ExplainAnswer }) {
  const { decision, narrowestRule, warnings } = answer;
  const isPermitted = decision.effect === 'permit';
  return (
    <section className="postern-explanation" aria-label={isPermitted ? T.permitted : T.refused}>
      <Message kind={isPermitted ? 'success' : 'error'} title={isPermitted ? T.permitted : T.refused}>
        <p>{decision.text}</p>
        {decision.status === null || decision.code === null ? null : <p>{T.client(decision.status, decision.code)}</p>}
        <DecidedBy title={T.decidedBy.rule} text={decision.rule} />
        <DecidedBy title={T.decidedBy.statement} text={decision.statement} />
      </Message>
      {narrowestRule === null || isPermitted ? null : (
        <form className="aui top-label postern-narrowest" onSubmit={(event) => event.preventDefault()}>
          <CopyValue label={T.narrowest} value={narrowestRule} />
          <p className="postern-hint">{T.narrowestAbout}</p>
        </form>
      )}
      <Checks answer={answer} />
      <Limits answer={answer} />
      <Statements answer={answer} />
      {warnings.length === 0 ? null : (
        <Message kind="warning" title={T.warnings}>
          <ul>
            {warnings.map(({ code, text, about }) => (
              <li key={`${code} ${about ?? ''}`}>
                {about === null ? null : <code className="postern-path">{about}</code>} {text}
              </li>
            ))}
          </ul>
        </Message>
      )}
    </section>
  );
}

function DecidedBy({ title, text }: { readonly title: string; readonly text: string | null }) {
  if (text === null) return null;
  return (
    <p>
      {title}: <code className="postern-path">{text}</code>
    </p>
  );
}

function Checks({ answer: { checks } }: { readonly answer: ExplainAnswer }) {
  return (
    <>
      <h2>{T.checks}</h2>
      <ol className="postern-checks">
        {checks.map(({ name, holds, text }) => (
          <li key={name}>
            <Lozenge isGood={holds} words={[T.holds, T.fails, T.notAsked]} />
            <span>
              <strong>{T.checkNames[name]}</strong> {text}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function Limits({ answer: { limits, request } }: { readonly answer: ExplainAnswer }) {
  if (request === null) return null;
  return (
    <>
      <h2>{T.rules}</h2>
      {limits.length > 0 ? null : <p>{T.unlimited}</p>}
      {limits.map(({ isInherited, addresses, rules }, index) => (
        // Bundles have no name; their order is the token's.
        // oxlint-disable-next-line react/no-array-index-key
        <section key={index}>
          {limits.length > 1 || isInherited ? <h3>{isInherited ? T.inherited : T.own}</h3> : null}
          {addresses === null ? null : (
            <p>
              <Lozenge isGood={addresses.isMatch} words={[T.matches, T.because.address, '']} />{' '}
              <span className="postern-path">{T.addresses(addresses.text)}</span>
            </p>
          )}
          {rules === null ? <p>{T.noRules}</p> : <Rules caption={isInherited ? T.inherited : T.rules} rules={rules} />}
        </section>
      ))}
    </>
  );
}

function Rules({ caption, rules }: { readonly caption: string; readonly rules: readonly RuleTrace[] }) {
  return (
    <Table
      caption={caption}
      columns={[
        { key: 'rule', title: T.rule, isHead: true, cell: ({ rule }) => <code className="postern-path">{rule}</code> },
        { key: 'answer', title: T.answer, cell: ({ isMatch, failed }) => <Matching isMatch={isMatch} failed={failed} /> },
      ]}
      rows={rules}
      keyOf={({ rule }) => rule}
      empty={T.noRules}
    />
  );
}

function Statements({ answer: { statements } }: { readonly answer: ExplainAnswer }) {
  if (statements.length === 0) return null;
  return (
    <>
      <h2>{T.statements}</h2>
      <Table
        caption={T.statements}
        columns={[
          { key: 'id', title: T.statement, isHead: true, cell: ({ id }) => <span className="postern-path">{id}</span> },
          { key: 'effect', title: T.effect, cell: ({ effect }) => T.effects[effect] },
          { key: 'answer', title: T.answer, cell: ({ isMatch, failed }) => <Matching isMatch={isMatch} failed={failed} isPlain /> },
          { key: 'rules', title: T.statementRules, cell: ({ rules }) => <StatementRules rules={rules} /> },
        ]}
        rows={statements}
        keyOf={({ id }) => id}
        empty=""
      />
    </>
  );
}

function StatementRules({ rules }: { readonly rules: readonly RuleTrace[] }) {
  return (
    <ul className="postern-plain">
      {rules.map(({ rule, isMatch, failed }) => (
        <li key={rule}>
          <code className="postern-path">{rule}</code> <Matching isMatch={isMatch} failed={failed} isPlain />
        </li>
      ))}
    </ul>
  );
}

interface MatchingProps {
  readonly isMatch: boolean;
  readonly failed: keyof typeof T.because | null;
  /** That a statement does not match is neither good nor bad. */
  readonly isPlain?: boolean;
}

function Matching({ isMatch, failed, isPlain = false }: MatchingProps) {
  const reason = failed === null ? '' : T.because[failed];
  return <Lozenge isGood={isMatch ? true : isPlain && failed !== 'error' ? null : false} words={[T.matches, reason, reason]} />;
}

/** Green, red, or grey where it is neither. */
function Lozenge({
  isGood,
  words: [good, bad, neither],
}: {
  readonly isGood: boolean | null;
  readonly words: readonly [string, string, string];
}) {
  if (isGood === null) return <span className="aui-lozenge">{neither}</span>;
  return <span className={`aui-lozenge aui-lozenge-${isGood ? 'success' : 'error'}`}>{isGood ? good : bad}</span>;
}
