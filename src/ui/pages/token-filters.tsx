// The filters above the table of all tokens. They stand in the page's address, so that a list can be kept, sent and gone back to.
import { type FormEvent, useState } from 'react';
import type { TokenSystemAnswer } from '../../admin/api-types.js';
import { Button } from '../components/button.js';
import { CheckField, SelectField, TextField } from '../components/field.js';
import { texts } from '../texts.js';

const T = texts.tokens;

const NAMES = [
  'startAt',
  'sort',
  'owner',
  'label',
  'system',
  'createdFrom',
  'createdTo',
  'expires',
  'expiresFrom',
  'expiresTo',
  'lastUsed',
  'lastUsedFrom',
  'lastUsedTo',
  'addresses',
] as const;

/** As the address says them; '' where it does not. */
export type TokenFilters = Readonly<Record<(typeof NAMES)[number], string>>;

export function filterFrom(query: URLSearchParams): TokenFilters {
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ''])) as TokenFilters;
}

/** As the server is asked: whoever names the last day means it to its end. */
export function queryOf(filters: TokenFilters): Readonly<Record<string, string>> {
  const until = (day: string): string => {
    const midnight = Date.parse(day);
    // What is no day is the server's to refuse.
    return Number.isNaN(midnight) ? day : new Date(midnight + 86_400_000).toISOString().slice(0, 10);
  };
  return { ...filters, createdTo: until(filters.createdTo), expiresTo: until(filters.expiresTo), lastUsedTo: until(filters.lastUsedTo) };
}

export interface TokenFilterFormProps {
  readonly filters: TokenFilters;
  readonly systems: readonly TokenSystemAnswer[];
  readonly onShow: (filters: TokenFilters) => void;
}

export function TokenFilterForm({ filters, systems, onShow }: TokenFilterFormProps) {
  const [draft, setDraft] = useState(filters);
  const change = (changes: Partial<TokenFilters>): void => setDraft({ ...draft, ...changes });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onShow({ ...draft, startAt: '' });
  };
  return (
    <form className="aui top-label postern-filters" onSubmit={submit} role="search" aria-label={T.filters}>
      <div className="postern-filter-row">
        <TextField label={T.owner} value={draft.owner} onChange={(owner) => change({ owner })} />
        <TextField label={T.label} value={draft.label} onChange={(label) => change({ label })} />
        <SelectField
          label={texts.myTokens.system}
          value={draft.system}
          onChange={(system) => change({ system })}
          options={[['', T.any], ...systems.map(({ system, name }) => [system, name] as const)]}
        />
      </div>
      <div className="postern-filter-row">
        <Days name="created" title={T.created} draft={draft} onChange={change} />
        <Days name="expires" title={T.expires} draft={draft} onChange={change} never={T.neverExpires} />
        <Days name="lastUsed" title={T.lastUsed} draft={draft} onChange={change} never={T.neverUsed} />
      </div>
      <div className="postern-filter-row postern-filter-end">
        <CheckField
          label={T.noAddress}
          isChecked={draft.addresses === 'none'}
          onChange={(isChecked) => change({ addresses: isChecked ? 'none' : '' })}
        />
        <Button kind="primary" isSubmit>
          {T.show}
        </Button>
        <Button kind="link" onPress={() => onShow({ ...filterFrom(new URLSearchParams()), sort: filters.sort })}>
          {T.clear}
        </Button>
      </div>
    </form>
  );
}

interface DaysProps {
  readonly name: 'created' | 'expires' | 'lastUsed';
  readonly title: string;
  readonly draft: TokenFilters;
  readonly onChange: (changes: Partial<TokenFilters>) => void;
  /** The word for those that never were. */
  readonly never?: string;
}

function Days({ name, title, draft, onChange, never }: DaysProps) {
  const isNever = name !== 'created' && draft[name] === 'never';
  return (
    <fieldset className="group">
      <legend>
        <span>{title}</span>
      </legend>
      <div className="postern-days">
        {isNever ? null : (
          <>
            <TextField label={T.from} type="date" value={draft[`${name}From`]} onChange={(from) => onChange({ [`${name}From`]: from })} />
            <TextField label={T.to} type="date" value={draft[`${name}To`]} onChange={(to) => onChange({ [`${name}To`]: to })} />
          </>
        )}
      </div>
      {never === undefined ? null : (
        <CheckField
          label={never}
          isChecked={isNever}
          onChange={(isChecked) => onChange({ [name]: isChecked ? 'never' : '', [`${name}From`]: '', [`${name}To`]: '' })}
        />
      )}
    </fieldset>
  );
}
