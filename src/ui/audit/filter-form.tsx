// The filters above the audit log, and the exports that they hold for.
import { type FormEvent, useState } from 'react';
import type { TokenSystemAnswer } from '../../admin/api-types.js';
import { withQuery } from '../api.js';
import { Button } from '../components/button.js';
import { SelectField, TextField } from '../components/field.js';
import { now } from '../later.js';
import { texts } from '../texts.js';
import { type AuditFilters, fieldOfInstant, filtersFrom, instantOfField, narrowing, rangeOf, SPANS } from './filters.js';

const T = texts.audit;

export interface AuditFilterFormProps {
  readonly filters: AuditFilters;
  readonly systems: readonly TokenSystemAnswer[];
  readonly onShow: (filters: AuditFilters) => void;
}

export function AuditFilterForm({ filters, systems, onShow }: AuditFilterFormProps) {
  const [draft, setDraft] = useState(filters);
  const change = (changes: Partial<AuditFilters>): void => setDraft({ ...draft, ...changes });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onShow(draft.span === 'between' ? draft : { ...draft, from: '', to: '' });
  };
  const systemNames = new Map([...systems.map(({ system, name }) => [system, name] as const), ['password', T.password] as const]);
  if (draft.system !== '' && !systemNames.has(draft.system)) systemNames.set(draft.system, draft.system);
  return (
    <form className="aui top-label postern-filters" onSubmit={submit} role="search" aria-label={T.filters}>
      <div className="postern-filter-row postern-filters-many">
        <div className="postern-wide">
          <TextField
            label={T.search}
            placeholder={T.searchAbout}
            type="search"
            value={draft.search}
            onChange={(search) => change({ search })}
          />
        </div>
        <TextField label={T.user} value={draft.user} onChange={(user) => change({ user })} />
        <TextField label={T.tokenRef} value={draft.tokenRef} onChange={(tokenRef) => change({ tokenRef })} />
        <TextField label={T.address} value={draft.address} onChange={(address) => change({ address })} />
        <SelectField
          label={T.span}
          value={draft.span}
          onChange={(span) => change({ span })}
          options={SPANS.map((span) => [span, T.spans[span]])}
        />
        <SelectField
          label={T.decision}
          value={draft.decision}
          onChange={(decision) => change({ decision })}
          options={[['', T.anyDecision], ...Object.entries(T.decisions)]}
        />
        <SelectField
          label={T.kind}
          value={draft.kind}
          onChange={(kind) => change({ kind })}
          options={[['', T.anyKind], ...Object.entries(T.kinds)]}
        />
        <SelectField
          label={T.system}
          value={draft.system}
          onChange={(system) => change({ system })}
          options={[['', T.anySystem], ...systemNames]}
        />
        <TextField label={T.status} type="number" min={100} max={999} value={draft.status} onChange={(status) => change({ status })} />
        {draft.span === 'between' ? <Between draft={draft} onChange={change} /> : null}
      </div>
      <div className="postern-filter-end">
        <Button kind="primary" isSubmit>
          {T.show}
        </Button>
        <Button kind="link" onPress={() => onShow(filtersFrom(new URLSearchParams()))}>
          {T.clear}
        </Button>
        <Exports filters={filters} />
      </div>
    </form>
  );
}

interface BetweenProps {
  readonly draft: AuditFilters;
  readonly onChange: (changes: Partial<AuditFilters>) => void;
}

function Between({ draft, onChange }: BetweenProps) {
  return (
    <>
      <TextField
        label={T.from}
        type="datetime-local"
        value={fieldOfInstant(draft.from)}
        onChange={(from) => onChange({ from: instantOfField(from) })}
      />
      <TextField
        label={T.to}
        type="datetime-local"
        value={fieldOfInstant(draft.to)}
        onChange={(to) => onChange({ to: instantOfField(to) })}
      />
    </>
  );
}

/** Links, not calls: the browser saves what comes as it comes, however much it is. The session's cookie goes with them. */
function Exports({ filters }: { readonly filters: AuditFilters }) {
  const path = (name: string): string => withQuery(`/api/v1/${name}`, { ...rangeOf(filters, now()), ...narrowing(filters) });
  return (
    <span className="postern-exports" role="group" aria-label={T.exports}>
      <a className="aui-button aui-button-link" href={path('audit.csv')} download="audit.csv">
        {T.csv}
      </a>
      <a className="aui-button aui-button-link" href={path('audit.jsonl')} download="audit.jsonl">
        {T.jsonLines}
      </a>
    </span>
  );
}
