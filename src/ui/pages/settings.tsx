// Every setting with the value in force, where it comes from, and its name in the environment. Secrets are never here.
import { useCallback, useState } from 'react';
import type { SettingAnswer } from '../../admin/api-types.js';
import { CheckField, TextField } from '../components/field.js';
import { Message } from '../components/message.js';
import { OriginLozenge } from '../components/origin.js';
import { Page } from '../components/page.js';
import { type Column, Table } from '../components/table.js';
import { Link } from '../navigation.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { useLoaded } from '../use-loaded.js';

const T = texts.settings;
/** What the server says in place of a secret. */
const REDACTED = '[redacted]';

export function SettingsPage() {
  const { api } = useSession();
  const load = useCallback(() => api.call<readonly SettingAnswer[]>('GET', '/settings'), [api]);
  const { value: settings, fault } = useLoaded(load);
  return (
    <Page title={T.title}>
      <p>{T.about}</p>
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      {settings === null ? null : <SettingTable settings={settings} />}
    </Page>
  );
}

function SettingTable({ settings }: { readonly settings: readonly SettingAnswer[] }) {
  const [search, setSearch] = useState('');
  const [isChangedOnly, setChangedOnly] = useState(false);
  const shown = settings.filter((setting) => (!isChangedOnly || setting.origin !== 'default') && fits(setting, search));
  return (
    <>
      <form className="aui top-label postern-find" role="search" aria-label={T.filters} onSubmit={(event) => event.preventDefault()}>
        <TextField label={T.search} type="search" value={search} onChange={setSearch} />
        <CheckField label={T.changedOnly} isChecked={isChangedOnly} onChange={setChangedOnly} />
      </form>
      <Table caption={T.caption} columns={COLUMNS} rows={shown} keyOf={({ name }) => name} empty={T.empty} />
      <p className="postern-pager" role="status">
        {T.count(shown.length, settings.length)}
      </p>
    </>
  );
}

/** Every word must be somewhere. */
function fits({ name, about, value, variable }: SettingAnswer, search: string): boolean {
  const text = [name, about, value ?? '', variable].join('\n').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const COLUMNS: readonly Column<SettingAnswer>[] = [
  {
    key: 'name',
    title: T.name,
    isHead: true,
    cell: ({ name, about }) => (
      <>
        <code>{name}</code>
        <div className="postern-hint postern-meaning">{about}</div>
      </>
    ),
  },
  { key: 'value', title: T.value, cell: (setting) => <SettingValue {...setting} /> },
  { key: 'origin', title: T.origin, cell: ({ origin }) => <OriginLozenge origin={origin} /> },
  { key: 'variable', title: T.variable, cell: ({ variable }) => <code className="postern-breaks">{variable}</code> },
];

function SettingValue({ name, value, isSwitch }: SettingAnswer) {
  if (value === null) return <span className="postern-none">{T.none}</span>;
  if (value === REDACTED) return <span className="postern-none">{T.redacted}</span>;
  return (
    <>
      <code className="postern-breaks">{value}</code>
      {isSwitch ? (
        <div>
          <Link page="switches" label={T.toSwitchesOf(name)}>
            {T.toSwitches}
          </Link>
        </div>
      ) : null}
    </>
  );
}
