// The users of the directory: made, changed and deleted; each with the account id that the cloud's resources know it by [CLD-6].
import { type FormEvent, useCallback, useState } from 'react';
import type { UserAnswer, UserPage } from '../../admin/api-types.js';
import { type Api, ApiFault, withQuery } from '../api.js';
import { Button } from '../components/button.js';
import { TextField } from '../components/field.js';
import { Message } from '../components/message.js';
import { Page } from '../components/page.js';
import { Pager } from '../components/pager.js';
import { type Column, Table } from '../components/table.js';
import { goTo, Link, usePlace } from '../navigation.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { useLoaded } from '../use-loaded.js';
import { CreateUserDialog, DeleteUserDialog, EditUserDialog, PasswordDialog } from '../users/user-dialogs.js';

const T = texts.users;
const PAGE_SIZE = 50;
const MANAGED_ACCOUNTS = '/api/v1/managed-accounts.csv';

/** What is being done, and to whom. */
type Task = { readonly kind: 'create' } | { readonly kind: 'edit' | 'password' | 'delete'; readonly user: UserAnswer };

export function UsersPage() {
  const { api } = useSession();
  const { query } = usePlace();
  const [task, setTask] = useState<Task | null>(null);
  const username = query.get('username') ?? '';
  const startAt = query.get('startAt') ?? '';
  const load = useCallback(() => usersOf(api, username, startAt), [api, username, startAt]);
  const { value: page, fault, reload } = useLoaded(load);
  const close = (): void => setTask(null);
  const done = (): void => {
    close();
    reload();
  };
  return (
    <Page
      title={T.title}
      actions={
        <>
          <a className="aui-button" href={MANAGED_ACCOUNTS} download>
            {T.csv}
          </a>
          <Button kind="primary" onPress={() => setTask({ kind: 'create' })}>
            {T.create}
          </Button>
        </>
      }
    >
      <FindUser key={username} username={username} />
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      {page === null ? null : (
        <>
          <Table caption={T.caption} columns={columnsFor(setTask)} rows={page.users} keyOf={({ accountId }) => accountId} empty={T.empty} />
          <Pager {...page} onPage={(next) => goTo(withQuery('users', { startAt: next }))} />
        </>
      )}
      {task?.kind === 'create' ? <CreateUserDialog onDone={done} onClose={close} /> : null}
      {task?.kind === 'edit' ? <EditUserDialog user={task.user} onDone={done} onClose={close} /> : null}
      {task?.kind === 'password' ? <PasswordDialog user={task.user} onDone={done} onClose={close} /> : null}
      {task?.kind === 'delete' ? <DeleteUserDialog user={task.user} onDone={done} onClose={close} /> : null}
    </Page>
  );
}

/** A page of all users; with a name, the one user who has it. */
async function usersOf(api: Api, username: string, startAt: string): Promise<UserPage> {
  if (username === '') return api.call('GET', withQuery('/users', { startAt, maxResults: PAGE_SIZE }));
  const users = await found(api, username);
  return { total: users.length, startAt: 0, maxResults: PAGE_SIZE, users };
}

async function found(api: Api, username: string): Promise<readonly UserAnswer[]> {
  try {
    return [await api.call<UserAnswer>('GET', `/users/${encodeURIComponent(username)}`)];
  } catch (error) {
    // 400: what cannot be in a path is in no user's name.
    if (error instanceof ApiFault && (error.status === 404 || error.status === 400)) return [];
    throw error;
  }
}

function FindUser({ username }: { readonly username: string }) {
  const [draft, setDraft] = useState(username);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    goTo(withQuery('users', { username: draft.trim() }));
  };
  return (
    <form className="aui top-label postern-find" onSubmit={submit} role="search" aria-label={T.search}>
      <TextField label={T.whole} type="search" value={draft} onChange={setDraft} />
      <Button isSubmit>{T.show}</Button>
      {username === '' ? null : (
        <Button kind="link" onPress={() => goTo('users')}>
          {T.clear}
        </Button>
      )}
    </form>
  );
}

function columnsFor(onTask: (task: Task) => void): readonly Column<UserAnswer>[] {
  return [
    {
      key: 'username',
      title: T.username,
      isHead: true,
      cell: ({ username }) => <div className="postern-name">{username}</div>,
    },
    {
      key: 'person',
      title: T.displayName,
      cell: ({ displayName, emailAddress }) => (
        <div className="postern-person">
          <div className="postern-breaks">{displayName}</div>
          <div className="postern-hint postern-breaks">{emailAddress}</div>
        </div>
      ),
    },
    { key: 'account', title: T.accountId, cell: ({ accountId }) => <code className="postern-breaks postern-account">{accountId}</code> },
    {
      key: 'rights',
      title: T.rights,
      cell: ({ administrator }) => (administrator ? <span className="aui-lozenge aui-lozenge-current">{T.administrator}</span> : T.user),
    },
    {
      key: 'status',
      title: T.status,
      cell: ({ active }) => (
        <span className={`aui-lozenge aui-lozenge-${active ? 'success' : 'default'}`}>{active ? T.active : T.inactive}</span>
      ),
    },
    { key: 'actions', title: T.actions, cell: (user) => <UserActions user={user} onTask={onTask} /> },
  ];
}

function UserActions({ user, onTask }: { readonly user: UserAnswer; readonly onTask: (task: Task) => void }) {
  const { username } = user;
  return (
    <span className="postern-actions postern-actions-many">
      <Button kind="link" label={T.editOf(username)} onPress={() => onTask({ kind: 'edit', user })}>
        {T.edit}
      </Button>
      <Button kind="link" label={T.setPasswordOf(username)} onPress={() => onTask({ kind: 'password', user })}>
        {T.setPassword}
      </Button>
      <Link page={withQuery('tokens', { owner: username })} label={T.tokensOf(username)}>
        {T.tokens}
      </Link>
      <Link page={withQuery('tokens/create', { user: username })} label={T.makeTokenOf(username)}>
        {T.makeToken}
      </Link>
      <Button kind="link" label={T.removeOf(username)} onPress={() => onTask({ kind: 'delete', user })}>
        {T.remove}
      </Button>
    </span>
  );
}
