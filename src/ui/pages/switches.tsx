// Licences and the other switches of the site: how they stand, and changed after a confirmation.
import { useCallback, useState } from 'react';
import type { SettingAnswer, SwitchesAnswer } from '../../admin/api-types.js';
import { Button } from '../components/button.js';
import { Confirm } from '../components/confirm.js';
import { Message } from '../components/message.js';
import { OriginLozenge } from '../components/origin.js';
import { Page } from '../components/page.js';
import { type Column, Table } from '../components/table.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { useLoaded } from '../use-loaded.js';

const T = texts.switches;

interface Switch extends SettingAnswer {
  readonly isOn: boolean;
}

export function SwitchesPage() {
  const { api } = useSession();
  const [changing, setChanging] = useState<Switch | null>(null);
  const load = useCallback(async (): Promise<readonly Switch[]> => {
    const [states, settings] = await Promise.all([
      api.call<SwitchesAnswer>('GET', '/switches'),
      api.call<readonly SettingAnswer[]>('GET', '/settings'),
    ]);
    return settings.flatMap((setting) => {
      const isOn = states[setting.name];
      return isOn === undefined ? [] : [{ ...setting, isOn }];
    });
  }, [api]);
  const { value: switches, fault, reload } = useLoaded(load);
  return (
    <Page title={T.title}>
      <p>{T.about}</p>
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      {switches === null ? null : (
        <Table caption={T.caption} columns={columnsFor(setChanging)} rows={switches} keyOf={({ name }) => name} empty={T.empty} />
      )}
      {changing === null ? null : (
        <Confirm
          title={T.question(changing.name, !changing.isOn)}
          action={T.turn(!changing.isOn)}
          act={() => api.call('PATCH', '/switches', { [changing.name]: !changing.isOn })}
          onDone={() => {
            setChanging(null);
            reload();
          }}
          onClose={() => setChanging(null)}
        >
          <p>{changing.about}</p>
          <p>{T.atOnce}</p>
        </Confirm>
      )}
    </Page>
  );
}

function columnsFor(onChange: (change: Switch) => void): readonly Column<Switch>[] {
  return [
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
    {
      key: 'state',
      title: T.state,
      cell: ({ isOn }) => <span className={`aui-lozenge aui-lozenge-${isOn ? 'success' : 'default'}`}>{isOn ? T.on : T.off}</span>,
    },
    { key: 'origin', title: T.origin, cell: ({ origin }) => <OriginLozenge origin={origin} /> },
    {
      key: 'actions',
      title: T.actions,
      cell: (one) => (
        <Button kind="link" label={T.turnOf(one.name, !one.isOn)} onPress={() => onChange(one)}>
          {T.turn(!one.isOn)}
        </Button>
      ),
    },
  ];
}
