// What one plugin may touch: the capabilities of the house, cut to its measure.
import type { Clock, Logger, Principal, RandomSource, SiteKeys, UserDirectory } from '../core/index.js';
import type { ActRecorder, MailQueue, PluginHost, PluginManifest, Switches, TokenRegistry } from '../plugin-kit/contract.js';
import type { Profile, SettingSpec } from '../plugin-kit/setting.js';
import type { Store } from '../store/contract.js';
import { ownerConditions } from '../store/directory/owner-conditions.js';

/** The parts of the house that plugins are given. */
export interface HouseParts {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly directory: UserDirectory;
  readonly keys: SiteKeys;
  readonly registry: TokenRegistry;
  readonly switches: Switches;
  readonly audit: ActRecorder;
  readonly mail: MailQueue;
  readonly store: Store;
  readonly profile: Profile;
  /** The machine's own zone, for jobs on a timetable. */
  readonly timezone: string;
  readonly tokensMakeTokens: 'refuse' | 'allow';
  setting<T>(spec: SettingSpec<T>): T;
  noteGuess(user: Principal, clientAddress: string | null): Promise<void>;
  forget(tokenRef: string): void;
  settleUses(): Promise<void>;
  readonly usageDetails: PluginHost['usageDetails'];
}

/** The host as one plugin sees it. A setting that its manifest does not declare is an error: documentation comes from manifests. */
export function hostFor(manifest: PluginManifest, parts: HouseParts): PluginHost {
  const declared = new Set([...manifest.settings, ...(manifest.sharedSettings ?? [])].map((setting) => setting.name));
  return {
    clock: parts.clock,
    random: parts.random,
    logger: parts.logger,
    directory: parts.directory,
    owners: ownerConditions,
    keys: parts.keys,
    tokens: parts.registry,
    switches: parts.switches,
    audit: parts.audit,
    mail: parts.mail,
    tokensMakeTokens: parts.tokensMakeTokens,
    profile: parts.profile,
    setting(spec) {
      if (!declared.has(spec.name)) throw new Error(`${manifest.key} asks for ${spec.name}, which its manifest does not declare`);
      return parts.setting(spec);
    },
    read: (sql, parameters) => parts.store.read(sql, parameters),
    transaction: (work) => parts.store.transaction(work),
    quote: (name) => parts.store.quote(name),
    noteGuess: (user, clientAddress) => parts.noteGuess(user, clientAddress),
    forget: (tokenRef) => parts.forget(tokenRef),
    settleUses: () => parts.settleUses(),
    usageDetails: (tokenRef, page) => parts.usageDetails(tokenRef, page),
  };
}
