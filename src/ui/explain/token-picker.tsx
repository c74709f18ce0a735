// Picks a token: one of one's own; administrators one of anybody's, found by its user and its name.
import { useCallback, useState } from 'react';
import type { TokenAnswer, TokenPage, TokenSystemAnswer } from '../../admin/api-types.js';
import { withQuery } from '../api.js';
import { SelectField, TextField } from '../components/field.js';
import { Message } from '../components/message.js';
import { useSettled } from '../later.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { useLoaded } from '../use-loaded.js';

const T = texts.explain;
/** Options that a list of choices has room for. */
const OFFERED_MAX = 100;

export interface PickedToken {
  readonly system: string;
  readonly tokenRef: string;
}

export interface TokenPickerProps {
  readonly picked: PickedToken;
  readonly onPick: (picked: PickedToken) => void;
}

export function TokenPicker({ picked, onPick }: TokenPickerProps) {
  const { api, user } = useSession();
  const [wanted, setWanted] = useState({ owner: '', label: '' });
  const asked = useSettled(JSON.stringify(wanted));
  const load = useCallback(
    () =>
      Promise.all([
        user.administrator
          ? api.call<TokenPage>('GET', withQuery('/tokens', { ...(JSON.parse(asked) as typeof wanted), maxResults: OFFERED_MAX }))
          : api.call<TokenPage>('GET', withQuery('/my/tokens', { maxResults: OFFERED_MAX })),
        api.call<readonly TokenSystemAnswer[]>('GET', '/token-systems'),
      ]),
    [api, user, asked],
  );
  const { value, fault } = useLoaded(load);
  const [page, systems] = value ?? [null, []];
  const names = new Map(systems.map(({ system, name }) => [system, name]));
  const offered = page?.tokens ?? [];
  const isOffered = picked.tokenRef === '' || offered.some((token) => keyOf(token) === keyOf(picked));
  const options: readonly (readonly [string, string])[] = [
    ['', T.noToken],
    ...(isOffered ? [] : [[keyOf(picked), T.thisToken(names.get(picked.system) ?? picked.system, picked.tokenRef)] as const]),
    ...offered.map((token) => [keyOf(token), titleOf(token, names.get(token.system) ?? token.system, user.administrator)] as const),
  ];
  const pick = (key: string): void => onPick(key === '' ? { system: '', tokenRef: '' } : placeOf(key));
  return (
    <>
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      {user.administrator ? (
        <div className="postern-filter-row">
          <TextField label={T.findUser} value={wanted.owner} onChange={(owner) => setWanted({ ...wanted, owner })} />
          <TextField label={T.findLabel} value={wanted.label} onChange={(label) => setWanted({ ...wanted, label })} />
        </div>
      ) : null}
      <SelectField
        label={T.token}
        description={
          page !== null && page.total > offered.length ? T.more(page.total) : user.administrator ? T.tokenAboutAdmin : T.tokenAbout
        }
        value={picked.tokenRef === '' ? '' : keyOf(picked)}
        onChange={pick}
        options={options}
      />
    </>
  );
}

function titleOf({ label, owner, ownerKey }: TokenAnswer, system: string, hasOwner: boolean): string {
  return hasOwner ? `${label} – ${owner ?? ownerKey ?? texts.tokens.nobody} (${system})` : `${label} (${system})`;
}

/** A system's key has no blank. */
function keyOf({ system, tokenRef }: PickedToken): string {
  return `${system} ${tokenRef}`;
}

function placeOf(key: string): PickedToken {
  const blank = key.indexOf(' ');
  return { system: key.slice(0, blank), tokenRef: key.slice(blank + 1) };
}
