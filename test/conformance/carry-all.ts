// Several token systems carried side by side in one world, as a server carries them, with each one's authenticators at hand.
import type { ActivePlugin, Plugin, TokenSummary } from '../../src/plugin-kit/contract.js';

export interface CarriedAll {
  readonly plugin: Plugin;
  /** By key; filled when the world has started. */
  readonly active: ReadonlyMap<string, ActivePlugin>;
}

/** One plugin that is all of `plugins`. */
export function carryAll(plugins: readonly Plugin[]): CarriedAll {
  const active = new Map<string, ActivePlugin>();
  const manifests = plugins.map(({ manifest }) => manifest);
  const plugin: Plugin = {
    manifest: {
      key: 'all',
      name: 'All token systems',
      emulates: { version: '', source: '' },
      products: ['jira', 'confluence', 'cloud'],
      tables: manifests.flatMap(({ tables }) => tables),
      migrations: manifests.flatMap(({ migrations }) => migrations),
      settings: manifests.flatMap(({ settings }) => settings),
    },
    async activate(host) {
      for (const each of plugins) active.set(each.manifest.key, await each.activate(host));
      const all = [...active.values()];
      return {
        authenticators: all.flatMap(({ authenticators }) => authenticators),
        restModules: all.flatMap(({ restModules }) => restModules),
        apiRoutes: all.flatMap(({ apiRoutes }) => apiRoutes ?? []),
        jobs: all.flatMap(({ jobs }) => jobs),
        tokens: {
          async list(page) {
            const tokens: TokenSummary[] = [];
            for (const each of all) tokens.push(...(await each.tokens.list({ ...page, startAt: 0 })).tokens);
            return { total: tokens.length, tokens };
          },
          async revoke(tokenRef, actor, clientAddress) {
            for (const each of all) if (await each.tokens.revoke(tokenRef, actor, clientAddress)) return true;
            return false;
          },
          async inspect(tokenRef, asked) {
            for (const each of all) {
              const token = await each.tokens.inspect(tokenRef, asked);
              if (token !== null) return token;
            }
            return null;
          },
        },
      };
    },
  };
  return { plugin, active };
}
