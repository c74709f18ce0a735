// Fields of a form as AUI draws them: a label above, a description and a failure below, all tied to the field for readers.
import { type ChangeEvent, type ReactNode, useId } from 'react';

interface FieldProps {
  readonly label: string;
  readonly description?: ReactNode;
  readonly fault?: string | null;
  readonly isRequired?: boolean;
}

export interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'password' | 'email' | 'date' | 'datetime-local' | 'number' | 'search';
  readonly autoComplete?: string;
  readonly lengthMax?: number;
  readonly min?: number;
  readonly max?: number;
  readonly placeholder?: string;
  readonly hasFocus?: boolean;
  /** More than one: a field of several lines. */
  readonly lines?: number;
  /** What may be chosen instead of typed. */
  readonly suggestions?: readonly string[];
}

export function TextField(props: TextFieldProps) {
  const id = useId();
  const listId = `${id}-list`;
  const { value, onChange, type = 'text', lines = 1, suggestions } = props;
  const shared = {
    id,
    value,
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => onChange(event.target.value),
    required: props.isRequired ?? false,
    maxLength: props.lengthMax,
    placeholder: props.placeholder,
    autoFocus: props.hasFocus ?? false,
    spellCheck: false,
    ...describedBy(id, props),
  };
  return (
    <FieldFrame id={id} {...props}>
      {lines > 1 ? (
        <textarea {...shared} className="textarea full-width-field" rows={lines} />
      ) : (
        <input
          {...shared}
          className="text full-width-field"
          type={type}
          min={props.min}
          max={props.max}
          autoComplete={props.autoComplete ?? 'off'}
          {...(suggestions === undefined ? {} : { list: listId })}
        />
      )}
      {suggestions === undefined ? null : (
        <datalist id={listId}>
          {suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </FieldFrame>
  );
}

export interface SelectFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly (readonly [value: string, text: string])[];
}

export function SelectField(props: SelectFieldProps) {
  const id = useId();
  return (
    <FieldFrame id={id} {...props}>
      <select
        id={id}
        className="select full-width-field"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        {...describedBy(id, props)}
      >
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

export interface CheckFieldProps {
  readonly label: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
  readonly isDisabled?: boolean;
}

export function CheckField({ label, isChecked, onChange, isDisabled = false }: CheckFieldProps) {
  const id = useId();
  return (
    <div className="postern-check">
      <input id={id} type="checkbox" checked={isChecked} disabled={isDisabled} onChange={(event) => onChange(event.target.checked)} />
      <label htmlFor={id}>{label}</label>
    </div>
  );
}

function FieldFrame({
  id,
  label,
  description,
  fault,
  isRequired,
  children,
}: FieldProps & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="field-group">
      <label htmlFor={id}>
        {label}
        {isRequired === true ? (
          <span className="postern-required" aria-hidden="true">
            {' *'}
          </span>
        ) : null}
      </label>
      {children}
      {description === undefined ? null : (
        <div className="description" id={`${id}-about`}>
          {description}
        </div>
      )}
      {fault === null || fault === undefined ? null : (
        <div className="error" id={`${id}-fault`} role="alert">
          {fault}
        </div>
      )}
    </div>
  );
}

function describedBy(id: string, { description, fault }: FieldProps) {
  const isFaulty = fault !== null && fault !== undefined;
  const ids = [...(description === undefined ? [] : [`${id}-about`]), ...(isFaulty ? [`${id}-fault`] : [])];
  return { ...(ids.length === 0 ? {} : { 'aria-describedby': ids.join(' ') }), ...(isFaulty ? { 'aria-invalid': true } : {}) };
}
