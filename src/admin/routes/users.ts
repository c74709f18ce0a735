// `/api/v1/users`: the directory, for administrators. Every change is recorded before it is made [AUD-1].
import { LIMITS, type Principal } from '../../core/index.js';
import type { Act, ActRecorder } from '../../plugin-kit/contract.js';
import { readPage } from '../../plugin-kit/paging.js';
import { type RestAnswer, type RestCall, RestFault, type Route } from '../../plugin-kit/rest.js';
import type { Profile } from '../../plugin-kit/setting.js';
import type { Directory } from '../../store/directory/directory.js';
import type { UserChanges } from '../../store/directory/user-changes.js';
import { UserError } from '../../store/directory/user-error.js';
import { requireAdministrator } from '../require-caller.js';
import { readNewUser, readUserChanges } from '../user-fields.js';

export interface UserRoutesNeeds {
  readonly directory: Pick<Directory, 'findByUsername' | 'listUsers' | 'countUsers' | 'createUser' | 'changeUser' | 'deleteUser'>;
  readonly trail: ActRecorder;
  readonly profile: Profile;
}

/** The routes of the directory. */
export function userRoutes(needs: UserRoutesNeeds): readonly Route[] {
  return [
    { method: 'GET', path: '/users', handle: (call) => listUsers(needs, call) },
    { method: 'POST', path: '/users', handle: (call) => createUser(needs, call) },
    { method: 'GET', path: '/users/:username', handle: (call) => showUser(needs, call) },
    { method: 'PATCH', path: '/users/:username', handle: (call) => changeUser(needs, call) },
    { method: 'DELETE', path: '/users/:username', handle: (call) => deleteUser(needs, call) },
  ];
}

/** The user that the path names. Throws RestFault 404. */
export async function requireUser(directory: Pick<Directory, 'findByUsername'>, call: RestCall): Promise<Principal> {
  const user = await directory.findByUsername(call.parameters['username'] ?? '');
  if (user === null) throw new RestFault(404, 'There is no user of this name.', { kind: 'unknown-user' });
  return user;
}

async function listUsers({ directory }: UserRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const { startAt, maxResults } = readPage(call.query, LIMITS.pageMax);
  const [total, users] = await Promise.all([directory.countUsers(), directory.listUsers({ startAt, limit: maxResults })]);
  return { status: 200, json: { total, startAt, maxResults, users: users.map(shown) } };
}

async function createUser({ directory, trail, profile }: UserRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const user = readNewUser(await call.json(), profile);
  const detail = { username: user.username, administrator: user.isAdministrator, active: user.isActive };
  const created = await orFault(trail.act(actOf(call, 'user.created', detail), () => directory.createUser(user)));
  return { status: 201, json: shown(created), headers: { Location: `/api/v1/users/${encodeURIComponent(created.username)}` } };
}

async function showUser({ directory }: UserRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  return { status: 200, json: shown(await requireUser(directory, call)) };
}

async function changeUser({ directory, trail, profile }: UserRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const user = await requireUser(directory, call);
  const changes = readUserChanges(await call.json(), profile);
  if (Object.keys(changes).length === 0) return { status: 200, json: shown(user) };
  const { username } = user;
  const act = actOf(call, 'user.changed', { username, ...described(changes) });
  return { status: 200, json: shown(await orFault(trail.act(act, () => directory.changeUser(username, changes)))) };
}

async function deleteUser({ directory, trail }: UserRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const { username } = await requireUser(directory, call);
  await orFault(trail.act(actOf(call, 'user.deleted', { username }), () => directory.deleteUser(username)));
  return { status: 204 };
}

/** An act of the caller's, for the trail. */
export function actOf(call: RestCall, action: Act['action'], detail: NonNullable<Act['detail']>): Act {
  const actor = call.caller?.principal ?? null;
  return { action, actor, system: null, tokenRef: null, clientAddress: call.request.clientAddress, detail };
}

/** What is changed: the names of the properties, and the new values where they are rights and no text about a person. */
function described(changes: UserChanges): NonNullable<Act['detail']> {
  return {
    changed: Object.keys(changes).map(propertyOf).join(', '),
    ...(changes.isAdministrator === undefined ? {} : { administrator: changes.isAdministrator }),
    ...(changes.isActive === undefined ? {} : { active: changes.isActive }),
  };
}

/** The directory's word for a field as this resource spells it. */
function propertyOf(field: string): string {
  if (field === 'isAdministrator') return 'administrator';
  return field === 'isActive' ? 'active' : field;
}

const STATUS = { invalid: 400, unknown: 404, conflict: 409 } as const;

async function orFault<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const text = error.kind === 'invalid' ? `${propertyOf(error.field)}: ${error.message}` : error.message;
    throw new RestFault(STATUS[error.kind], text, { kind: `user-${error.kind}`, cause: error });
  }
}

function shown(user: Principal): object {
  return {
    username: user.username,
    displayName: user.displayName,
    emailAddress: user.emailAddress,
    administrator: user.isAdministrator,
    active: user.isActive,
    userKeys: user.userKeys,
    accountId: user.accountId,
  };
}
