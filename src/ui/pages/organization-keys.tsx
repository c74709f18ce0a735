// The organization's keys, which open the cloud's resources for the tokens of managed accounts [CLD-3]. A value is shown once.
import { useCallback, useState } from 'react';
import type { NewOrganizationKeyAnswer, NewOrganizationKeyBody, OrganizationKeyAnswer, SettingAnswer } from '../../admin/api-types.js';
import { Button } from '../components/button.js';
import { Confirm } from '../components/confirm.js';
import { TextField } from '../components/field.js';
import { Message } from '../components/message.js';
import { NewTokenDialog } from '../components/new-token.js';
import { Page } from '../components/page.js';
import { type Column, Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { useLoaded } from '../use-loaded.js';

const T = texts.organizationKeys;
const RESOURCE = '/organization-keys';
/** Says what the organization is called in its newer resources [CLD-8]. */
const ORGANIZATION_SETTING = 'cloud.organizationId';

export function OrganizationKeysPage() {
  const { api, user } = useSession();
  const [task, setTask] = useState<'create' | OrganizationKeyAnswer | null>(null);
  const [made, setMade] = useState<NewOrganizationKeyAnswer | null>(null);
  const load = useCallback(
    () =>
      Promise.all([api.call<readonly OrganizationKeyAnswer[]>('GET', RESOURCE), api.call<readonly SettingAnswer[]>('GET', '/settings')]),
    [api],
  );
  const { value, fault, reload } = useLoaded(load);
  const [keys, settings] = value ?? [null, []];
  const organization = settings.find(({ name }) => name === ORGANIZATION_SETTING)?.value ?? '';
  const close = (): void => setTask(null);
  const done = (): void => {
    close();
    reload();
  };
  return (
    <Page
      title={T.title}
      actions={
        <Button kind="primary" onPress={() => setTask('create')}>
          {T.create}
        </Button>
      }
    >
      <p>{T.about}</p>
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      {keys === null ? null : (
        <Table caption={T.caption} columns={columnsFor(setTask)} rows={keys} keyOf={({ id }) => id} empty={T.empty} />
      )}
      {task === 'create' ? <CreateKeyDialog onMade={setMade} onDone={done} onClose={close} /> : null}
      {task === null || task === 'create' ? null : (
        <Confirm
          title={T.revokeTitle}
          action={T.revoke}
          act={() => api.call('DELETE', `${RESOURCE}/${encodeURIComponent(task.id)}`)}
          onDone={done}
          onClose={close}
        >
          <p>{T.revokeQuestion(task.label)}</p>
        </Confirm>
      )}
      {made === null ? null : (
        <NewTokenDialog
          title={T.ready}
          valueLabel={T.value}
          token={{ scheme: 'bearer', username: null, value: made.key, examplePath: examplePath(made, user.accountId, organization) }}
          onClose={() => setMade(null)}
        />
      )}
    </Page>
  );
}

interface CreateKeyDialogProps {
  readonly onMade: (key: NewOrganizationKeyAnswer) => void;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function CreateKeyDialog({ onMade, onDone, onClose }: CreateKeyDialogProps) {
  const { api } = useSession();
  const [label, setLabel] = useState('');
  const [expiresAt, setExpiresAt] = useState('');
  const [scopes, setScopes] = useState('');
  const create = async (): Promise<void> => {
    const names = scopes.split(/[\s,]+/).filter(Boolean);
    const body: NewOrganizationKeyBody = {
      label,
      ...(expiresAt === '' ? {} : { expiresAt }),
      ...(names.length === 0 ? {} : { scopes: names }),
    };
    onMade(await api.call<NewOrganizationKeyAnswer>('POST', RESOURCE, body));
  };
  return (
    <Confirm title={T.create} action={T.createAction} width="medium" act={create} onDone={onDone} onClose={onClose}>
      <TextField label={T.name} description={T.nameAbout} value={label} onChange={setLabel} isRequired />
      <TextField label={T.expires} description={T.expiresAbout} type="date" value={expiresAt} onChange={setExpiresAt} />
      <TextField label={T.scopes} description={T.scopesAbout} value={scopes} onChange={setScopes} />
    </Confirm>
  );
}

/** Where the key can be tried. */
function examplePath({ scopes }: NewOrganizationKeyAnswer, accountId: string, organization: string): string {
  // One with scopes is refused at the older resources.
  if (scopes.length > 0) return `/admin/api-access/v1/orgs/${organization}/api-tokens`;
  return `/users/${accountId}/manage/api-tokens`;
}

function columnsFor(onRevoke: (key: OrganizationKeyAnswer) => void): readonly Column<OrganizationKeyAnswer>[] {
  return [
    { key: 'label', title: T.name, isHead: true, cell: ({ label }) => label },
    {
      key: 'scopes',
      title: T.scopes,
      cell: ({ scopes }) => (scopes.length === 0 ? T.everything : <span className="postern-breaks">{scopes.join(' ')}</span>),
    },
    { key: 'createdBy', title: T.createdBy, cell: ({ createdBy }) => createdBy },
    { key: 'created', title: T.created, cell: ({ createdAt }) => <Time at={createdAt} none="" isDay /> },
    { key: 'expires', title: T.expires, cell: ({ expiresAt }) => <Time at={expiresAt} none={texts.time.never} isDay /> },
    { key: 'lastUsed', title: T.lastUsed, cell: ({ lastUsedAt }) => <Time at={lastUsedAt} none={texts.time.never} /> },
    {
      key: 'actions',
      title: T.actions,
      cell: (key) => (
        <Button kind="link" label={T.revokeOf(key.label)} onPress={() => onRevoke(key)}>
          {T.revoke}
        </Button>
      ),
    },
  ];
}
