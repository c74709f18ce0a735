// The records as a table; each with its details, its token's timeline, and why it was refused.
import { useState } from 'react';
import type { AuditRecord } from '../../admin/api-types.js';
import { Button } from '../components/button.js';
import { type Column, Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { Link } from '../navigation.js';
import { texts } from '../texts.js';
import { RecordDialog } from './record-dialog.js';
import { timelinePage, whatOf, whyPage } from './what.js';

const T = texts.audit;
const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export interface RecordTableProps {
  readonly records: readonly AuditRecord[];
  /** Of token systems, by their keys. */
  readonly systemNames: ReadonlyMap<string, string>;
  /** All of them are one token's, which is named above. */
  readonly isTimeline: boolean;
}

export function RecordTable({ records, systemNames, isTimeline }: RecordTableProps) {
  const [chosen, setChosen] = useState<AuditRecord | null>(null);
  return (
    <>
      <Table
        caption={T.caption}
        columns={columnsFor(systemNames, setChosen).filter(({ key }) => !isTimeline || key !== 'token')}
        rows={records}
        keyOf={({ id }) => id}
        empty={T.empty}
      />
      {chosen === null ? null : <RecordDialog record={chosen} onClose={() => setChosen(null)} />}
    </>
  );
}

function columnsFor(systemNames: ReadonlyMap<string, string>, onChoose: (record: AuditRecord) => void): readonly Column<AuditRecord>[] {
  return [
    { key: 'time', title: T.time, cell: ({ time }) => <Time at={time} none="" isExact /> },
    { key: 'decision', title: T.decision, cell: (record) => <Verdict record={record} /> },
    { key: 'user', title: T.user, cell: (record) => <Actor record={record} /> },
    { key: 'token', title: T.token, cell: (record) => <TokenOf record={record} systemNames={systemNames} /> },
    { key: 'what', title: T.what, isHead: true, cell: (record) => <span className="postern-path">{whatOf(record)}</span> },
    { key: 'status', title: T.status, isNumber: true, cell: ({ status }) => status ?? '' },
    { key: 'address', title: T.address, cell: ({ clientAddress, peer }) => clientAddress ?? peer ?? '' },
    { key: 'actions', title: T.actions, cell: (record) => <Actions record={record} onChoose={onChoose} /> },
  ];
}

/** The decision; of what had none, what it was. */
function Verdict({ record: { decision, kind, outcome } }: { readonly record: AuditRecord }) {
  if (decision !== null) {
    return <span className={`aui-lozenge aui-lozenge-${decision === 'permit' ? 'success' : 'error'}`}>{T.lozenge[decision]}</span>;
  }
  if (kind === 'login' && outcome === 'refused') return <span className="aui-lozenge aui-lozenge-error">{T.lozenge.loginRefused}</span>;
  if (kind === 'malformed') return <span className="aui-lozenge aui-lozenge-moved">{T.lozenge.malformed}</span>;
  return <span className="aui-lozenge">{kind === 'login' ? T.lozenge.login : T.lozenge.act}</span>;
}

function Actor({ record: { actor, kind } }: { readonly record: AuditRecord }) {
  if (actor !== null) return <span className="postern-word">{actor}</span>;
  return <span className="postern-none">{kind === 'act' ? T.postern : T.nobody}</span>;
}

function TokenOf({ record: { system, tokenRef }, systemNames }: RecordOf) {
  if (system === null) return null;
  const name = system === 'password' ? T.password : (systemNames.get(system) ?? system);
  if (tokenRef === null) return <span className="postern-none">{name}</span>;
  return (
    <>
      <span className="postern-word">{name}</span>
      <span className="postern-word">
        <Link page={timelinePage(system, tokenRef)}>{shortOf(tokenRef)}</Link>
      </span>
    </>
  );
}

/** A reference is for machines; people know it again by its beginning. */
function shortOf(tokenRef: string): string {
  return tokenRef.length > 16 ? `${tokenRef.slice(0, 14)}…` : tokenRef;
}

interface RecordOf {
  readonly record: AuditRecord;
  readonly systemNames: ReadonlyMap<string, string>;
}

function Actions({ record, onChoose }: { readonly record: AuditRecord; readonly onChoose: (record: AuditRecord) => void }) {
  const why = whyPage(record);
  const what = whatOf(record);
  return (
    <span className="postern-actions">
      <Button kind="link" label={T.detailsOf(FORMAT.format(new Date(record.time)), what)} onPress={() => onChoose(record)}>
        {T.details}
      </Button>
      {why === null ? null : (
        <Link page={why} label={T.whyOf(what)}>
          {T.why}
        </Link>
      )}
    </span>
  );
}
