// The life of the token systems, in named stages: collect, validate, migrate, activate, ready, close. The store migrates with
// the tables that the manifests list, before any plugin runs.
import type { EntityManager } from 'typeorm';
import type { Identity, RequestView } from '../core/index.js';
import type { ActivePlugin, Authenticator, Plugin, RecordMarks, TokenUse } from '../plugin-kit/contract.js';
import type { RestModule, Route } from '../plugin-kit/rest.js';
import { type HouseParts, hostFor } from './capabilities.js';
import { scheduleJobs } from './scheduler.js';

/** The token systems at work. */
export interface ActiveSystems {
  readonly authenticators: readonly { readonly system: string; readonly authenticator: Authenticator }[];
  readonly restModules: readonly RestModule[];
  /** Their routes of the control plane. */
  readonly apiRoutes: readonly Route[];
  readonly byKey: ReadonlyMap<string, ActivePlugin>;
  /** How a use by this identity is marked in its record. */
  marks(identity: Identity): RecordMarks;
  /** Tells the authenticator that a use of its token was recorded. */
  used(identity: Identity): void;
  /** Hands a batch of uses to their systems, inside the transaction that moves the trail's cursor. */
  recordUses(system: string, uses: readonly TokenUse[], manager: EntityManager): Promise<void>;
  /** Whether one of the systems refuses passwords for this request. */
  refusesPasswords(request: RequestView): boolean;
  /** Ends the jobs. */
  close(): void;
}

const PLAIN_MARKS: RecordMarks = { inProductLog: true, inUsageDetails: false };

/** Activates every plugin in the order of the list, which is the order in which credentials are offered. */
export async function activateSystems(plugins: readonly Plugin[], parts: HouseParts): Promise<ActiveSystems> {
  const byKey = new Map<string, ActivePlugin>();
  for (const plugin of plugins) byKey.set(plugin.manifest.key, await plugin.activate(hostFor(plugin.manifest, parts)));
  const all = [...byKey];
  const jobs = scheduleJobs(
    all.flatMap(([, active]) => active.jobs),
    parts.clock,
    parts.logger,
    parts.timezone,
  );
  return {
    authenticators: all.flatMap(([system, active]) => active.authenticators.map((authenticator) => ({ system, authenticator }))),
    restModules: all.flatMap(([, active]) => active.restModules),
    apiRoutes: all.flatMap(([, active]) => active.apiRoutes ?? []),
    byKey,
    marks(identity) {
      const system = systemOf(identity);
      return (system === null ? undefined : byKey.get(system)?.marks?.()) ?? PLAIN_MARKS;
    },
    used(identity) {
      if (identity.kind !== 'authenticated' || identity.grant === null) return;
      const { grant, principal, scheme } = identity;
      for (const authenticator of byKey.get(grant.system)?.authenticators ?? []) {
        if (authenticator.scheme === scheme) authenticator.noticeUse?.(principal, grant);
      }
    },
    async recordUses(system, uses, manager) {
      // A system that is no longer carried has no rows to update; its uses stand in the trail.
      await byKey.get(system)?.authenticators[0]?.recordUses(uses, manager);
    },
    refusesPasswords: (request) => all.some(([, active]) => active.refusesPasswords?.(request) === true),
    close: () => jobs.close(),
  };
}

function systemOf(identity: Identity): string | null {
  if (identity.kind === 'authenticated') return identity.grant?.system ?? null;
  return identity.kind === 'unaccepted' ? identity.system : null;
}
