// The dialogues that make and change a user. What a text may hold is the server's to say; its answer is shown in the dialogue.
import { useState } from 'react';
import type { NewUserBody, UserAnswer, UserChangesBody } from '../../admin/api-types.js';
import { Confirm } from '../components/confirm.js';
import { CheckField, TextField } from '../components/field.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';

const T = texts.users;

interface DialogNeeds {
  readonly onDone: () => void;
  readonly onClose: () => void;
}

interface UserDialogNeeds extends DialogNeeds {
  readonly user: UserAnswer;
}

/** What both making and changing ask for. */
interface Person {
  readonly displayName: string;
  readonly emailAddress: string;
  readonly administrator: boolean;
  readonly active: boolean;
}

const NOBODY: Person = { displayName: '', emailAddress: '', administrator: false, active: true };

export function CreateUserDialog({ onDone, onClose }: DialogNeeds) {
  const { api } = useSession();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [person, setPerson] = useState(NOBODY);
  const create = (): Promise<void> => {
    const { displayName, ...others } = person;
    const body: NewUserBody = { username, password, ...others, ...(displayName === '' ? {} : { displayName }) };
    return api.call('POST', '/users', body);
  };
  return (
    <Confirm title={T.create} action={T.createAction} width="medium" act={create} onDone={onDone} onClose={onClose}>
      <TextField label={T.username} description={T.usernameAbout} value={username} onChange={setUsername} isRequired />
      <TextField label={T.password} type="password" autoComplete="new-password" value={password} onChange={setPassword} isRequired />
      <PersonFields person={person} onChange={setPerson} isNew />
    </Confirm>
  );
}

export function EditUserDialog({ user, onDone, onClose }: UserDialogNeeds) {
  const { api } = useSession();
  const { displayName, emailAddress, administrator, active } = user;
  const [person, setPerson] = useState<Person>({ displayName, emailAddress, administrator, active });
  // What was not touched is left out, so that two who change the same user do not undo each other.
  const changes: UserChangesBody = {
    ...(person.displayName === displayName ? {} : { displayName: person.displayName }),
    ...(person.emailAddress === emailAddress ? {} : { emailAddress: person.emailAddress }),
    ...(person.administrator === administrator ? {} : { administrator: person.administrator }),
    ...(person.active === active ? {} : { active: person.active }),
  };
  return (
    <Confirm
      title={T.editOf(user.username)}
      action={T.save}
      width="medium"
      act={() => api.call('PATCH', pathOf(user), changes)}
      onDone={onDone}
      onClose={onClose}
    >
      <PersonFields person={person} onChange={setPerson} />
    </Confirm>
  );
}

export function PasswordDialog({ user, onDone, onClose }: UserDialogNeeds) {
  const { api } = useSession();
  const [password, setPassword] = useState('');
  const body: UserChangesBody = { password };
  return (
    <Confirm
      title={T.setPasswordOf(user.username)}
      action={T.setPassword}
      act={() => api.call('PATCH', pathOf(user), body)}
      onDone={onDone}
      onClose={onClose}
    >
      <TextField
        label={T.newPassword}
        description={T.passwordAbout}
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        isRequired
      />
    </Confirm>
  );
}

export function DeleteUserDialog({ user, onDone, onClose }: UserDialogNeeds) {
  const { api } = useSession();
  return (
    <Confirm title={T.removeTitle} action={T.remove} act={() => api.call('DELETE', pathOf(user))} onDone={onDone} onClose={onClose}>
      <p>{T.removeQuestion(user.username)}</p>
    </Confirm>
  );
}

interface PersonFieldsProps {
  readonly person: Person;
  readonly onChange: (person: Person) => void;
  readonly isNew?: boolean;
}

function PersonFields({ person, onChange, isNew = false }: PersonFieldsProps) {
  const change = (changes: Partial<Person>): void => onChange({ ...person, ...changes });
  return (
    <>
      <TextField
        label={T.displayName}
        {...(isNew ? { description: T.displayNameAbout } : { isRequired: true })}
        value={person.displayName}
        onChange={(displayName) => change({ displayName })}
      />
      <TextField label={T.emailAddress} type="email" value={person.emailAddress} onChange={(emailAddress) => change({ emailAddress })} />
      <div className="postern-rights">
        <CheckField label={T.isAdministrator} isChecked={person.administrator} onChange={(administrator) => change({ administrator })} />
        <CheckField label={T.isActive} isChecked={person.active} onChange={(active) => change({ active })} />
      </div>
    </>
  );
}

function pathOf({ username }: UserAnswer): string {
  return `/users/${encodeURIComponent(username)}`;
}
