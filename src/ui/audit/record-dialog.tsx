// Everything that a record says.
import type { AuditRecord } from '../../admin/api-types.js';
import { Button } from '../components/button.js';
import { Dialog } from '../components/dialog.js';
import { goTo } from '../navigation.js';
import { texts } from '../texts.js';
import { timelinePage, whatOf, whyPage } from './what.js';

const T = texts.audit;
const FIELDS = Object.entries(T.fields) as readonly (readonly [keyof typeof T.fields, string])[];

export function RecordDialog({ record, onClose }: { readonly record: AuditRecord; readonly onClose: () => void }) {
  const why = whyPage(record);
  const { system, tokenRef } = record;
  const actions = (
    <>
      {why === null ? null : (
        <Button kind="primary" onPress={() => goTo(why)}>
          {T.why}
        </Button>
      )}
      {system === null || tokenRef === null ? null : <Button onPress={() => goTo(timelinePage(system, tokenRef))}>{T.timeline}</Button>}
      <Button kind="link" onPress={onClose}>
        {texts.action.close}
      </Button>
    </>
  );
  return (
    <Dialog title={T.record} width="large" actions={actions} onClose={onClose}>
      <p className="postern-path">
        <strong>{whatOf(record)}</strong>
      </p>
      <dl className="postern-facts" tabIndex={0} aria-label={T.record}>
        {FIELDS.map(([name, title]) => {
          const text = textOf(record[name]);
          if (text === '') return null;
          return (
            <div key={name}>
              <dt>{title}</dt>
              <dd>{text}</dd>
            </div>
          );
        })}
      </dl>
    </Dialog>
  );
}

/** '' for what is not there. */
function textOf(value: AuditRecord[keyof typeof T.fields]): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, each]) => `${name}: ${String(each)}`)
    .join('\n');
}
