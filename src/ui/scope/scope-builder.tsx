// Puts the restrictions of a token together: rules and addresses, the text they come to, and what is too wide about them.
import type { TokenSystemAnswer } from '../../admin/api-types.js';
import { Button } from '../components/button.js';
import { CheckField, SelectField, TextField } from '../components/field.js';
import { Message } from '../components/message.js';
import { texts } from '../texts.js';
import { limitToOf, type PathKind, SCOPE_METHODS, type ScopeRule } from './scope.js';
import { suggestedPaths } from './suggestions.js';

const T = texts.scope;

export interface Scope {
  readonly rules: readonly ScopeRule[];
  readonly addresses: string;
}

export const UNRESTRICTED: Scope = { rules: [], addresses: '' };

export interface ScopeBuilderProps {
  readonly system: TokenSystemAnswer;
  readonly scope: Scope;
  readonly onChange: (scope: Scope) => void;
  readonly warnings: readonly string[];
}

export function ScopeBuilder({ system, scope, onChange, warnings }: ScopeBuilderProps) {
  const { rules } = scope;
  const change = (index: number, rule: ScopeRule): void => onChange({ ...scope, rules: rules.with(index, rule) });
  const add = (): void => {
    const prefix = system.places[0]?.contextPath ?? '';
    onChange({ ...scope, rules: [...rules, { methods: ['GET'], kind: 'below', path: `${prefix}/rest/api/` }] });
  };
  return (
    <>
      {rules.map((rule, index) => (
        <RuleFields
          // Rules have no name: their place is all there is.
          // oxlint-disable-next-line react/no-array-index-key
          key={index}
          number={index + 1}
          rule={rule}
          suggestions={suggestedPaths(system)}
          onChange={(changed) => change(index, changed)}
          onRemove={() => onChange({ ...scope, rules: rules.toSpliced(index, 1) })}
        />
      ))}
      <p>
        <Button onPress={add}>{rules.length === 0 ? T.addFirst : T.add}</Button>
      </p>
      <TextField
        label={T.addresses}
        description={T.addressesAbout}
        value={scope.addresses}
        onChange={(addresses) => onChange({ ...scope, addresses })}
        placeholder="10.0.0.0/8, 2001:db8::/32"
      />
      {rules.length === 0 ? null : (
        <div className="field-group">
          <span className="postern-label" id="limit-to">
            {T.limitTo}
          </span>
          <pre className="postern-code" aria-labelledby="limit-to" tabIndex={0}>
            {limitToOf(rules)}
          </pre>
        </div>
      )}
      {warnings.length === 0 ? null : (
        <Message kind="warning" title={T.wide.title}>
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Message>
      )}
    </>
  );
}

interface RuleFieldsProps {
  readonly number: number;
  readonly rule: ScopeRule;
  readonly suggestions: readonly string[];
  readonly onChange: (rule: ScopeRule) => void;
  readonly onRemove: () => void;
}

function RuleFields({ number, rule, suggestions, onChange, onRemove }: RuleFieldsProps) {
  const { methods, kind, path } = rule;
  return (
    <fieldset className="group postern-rule">
      <legend>
        <span>{T.rule(number)}</span>
      </legend>
      <div className="postern-methods" role="group" aria-label={T.methodsOf(number)}>
        {SCOPE_METHODS.map((method) => (
          <CheckField
            key={method}
            label={method}
            isChecked={methods.includes(method)}
            onChange={(isChecked) =>
              onChange({ ...rule, methods: SCOPE_METHODS.filter((each) => (each === method ? isChecked : methods.includes(each))) })
            }
          />
        ))}
      </div>
      <div className="postern-rule-path">
        <SelectField
          label={T.kindOf(number)}
          value={kind}
          onChange={(chosen) => onChange({ ...rule, kind: chosen as PathKind })}
          options={[
            ['below', T.kind.below],
            ['exact', T.kind.exact],
            ['regex', T.kind.regex],
          ]}
        />
        <TextField
          label={T.pathOf(number)}
          value={path}
          onChange={(written) => onChange({ ...rule, path: written })}
          suggestions={kind === 'regex' ? [] : suggestions}
          isRequired
        />
        <Button kind="link" label={T.removeOf(number)} onPress={onRemove}>
          {T.remove}
        </Button>
      </div>
    </fieldset>
  );
}
