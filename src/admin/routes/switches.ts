// `/api/v1/switches`: the site's switches, for administrators. What is switched is in force at once, for remembered credentials too [WOM-4, PAT-30].
import type { EntityManager } from 'typeorm';
import type { ActRecorder, Switches } from '../../plugin-kit/contract.js';
import { optionalFlag, requireFields } from '../../plugin-kit/request-body.js';
import type { RestAnswer, RestCall, Route } from '../../plugin-kit/rest.js';
import type { SettingSpec } from '../../plugin-kit/setting.js';
import { requireAdministrator } from '../require-caller.js';
import { actOf } from './users.js';

export interface SwitchRoutesNeeds {
  /** What may be switched; each is a setting, which holds until it is. */
  readonly siteSwitches: readonly SettingSpec<boolean>[];
  readonly switches: Switches;
  readonly trail: ActRecorder;
  readonly profile: 'emulator' | 'gateway';
  readonly transaction: <T>(work: (manager: EntityManager) => Promise<T>) => Promise<T>;
  /** Forgets every remembered credential: one that was accepted may not be any more, and the other way round. */
  readonly forgetCredentials: () => void;
}

/** The routes of the switches. */
export function switchRoutes(needs: SwitchRoutesNeeds): readonly Route[] {
  return [
    { method: 'GET', path: '/switches', handle: (call) => showSwitches(needs, call) },
    { method: 'PATCH', path: '/switches', handle: (call) => changeSwitches(needs, call) },
  ];
}

async function showSwitches(needs: SwitchRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  return { status: 200, json: inForce(needs) };
}

async function changeSwitches(needs: SwitchRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const { siteSwitches, trail } = needs;
  const fields = requireFields(
    await call.json(),
    siteSwitches.map(({ name }) => name),
  );
  const changes = new Map(Object.keys(fields).flatMap((name) => wanted(name, optionalFlag(fields, name))));
  if (changes.size > 0) await trail.act(actOf(call, 'switch.changed', Object.fromEntries(changes)), () => change(needs, changes));
  return { status: 200, json: inForce(needs) };
}

function wanted(name: string, value: boolean | null): [string, boolean][] {
  return value === null ? [] : [[name, value]];
}

/** All of them in one transaction or none. */
async function change(
  { switches, transaction, forgetCredentials }: SwitchRoutesNeeds,
  changes: ReadonlyMap<string, boolean>,
): Promise<void> {
  try {
    const set = await transaction(async (manager) => {
      const pending: Awaited<ReturnType<Switches['set']>>[] = [];
      for (const [name, value] of changes) pending.push(await switches.set(manager, name, value));
      return pending;
    });
    for (const one of set) one.commit();
  } finally {
    // Also when the commit's fate is unknown: what is forgotten in vain is only looked up again.
    forgetCredentials();
  }
}

function inForce({ siteSwitches, switches, profile }: SwitchRoutesNeeds): Readonly<Record<string, boolean>> {
  return Object.fromEntries(siteSwitches.map(({ name, fallback }) => [name, switches.get(name, fallback[profile])]));
}
