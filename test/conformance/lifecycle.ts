// A token system starts on what it left, and when it ends nothing of it runs on.
import { scheduleJobs } from '../../src/host/scheduler.js';
import { validateManifests } from '../../src/host/registry.js';
import { plugins } from '../../src/plugins/index.js';
import type { Guarantee } from './subject.js';

const DAY = 86_400_000;

export const lifecycle: readonly Guarantee[] = [
  {
    test: 'accepts after a restart what it accepted before, also under a new site key',
    async holds(subject) {
      const { login, tokenRef } = await subject.make();
      for (const rotateKeys of [false, true]) {
        subject.world = await subject.world.restart({ rotateKeys });
        expect([rotateKeys, await subject.identify(login)]).toMatchObject([rotateKeys, { kind: 'authenticated', grant: { tokenRef } }]);
      }
      const later = await subject.make({ label: 'under the new key' });
      expect((await subject.identify(later.login)).kind).toBe('authenticated');
    },
  },
  {
    test: 'runs its jobs at their times, and none after the end',
    async holds(subject) {
      const { clock, active, logged } = subject.world;
      const runs = new Map<string, number>();
      const counted = active.jobs.map((job) => ({
        ...job,
        async run() {
          runs.set(job.name, (runs.get(job.name) ?? 0) + 1);
          await job.run();
        },
      }));
      const jobs = scheduleJobs(counted, clock, { debug: log, info: log, warn: log, error: log }, 'UTC');
      function log(_fields: object, text: string): void {
        (logged as string[]).push(text);
      }
      await clock.advance(DAY);
      expect([...runs.keys()].toSorted()).toEqual(active.jobs.map(({ name }) => name).toSorted());
      expect(logged.filter((line) => line.includes('A job failed'))).toEqual([]);
      jobs.close();
      const before = [...runs.values()];
      await clock.advance(DAY);
      expect([...runs.values()]).toEqual(before);
    },
  },
  {
    test: 'is described by its manifest: tables, migrations and settings have names of its own',
    async holds(subject) {
      const { manifest } = subject.kind.plugin;
      expect(() => validateManifests(plugins)).not.toThrow();
      expect(manifest.products).toContain(subject.kind.product);
      const { store } = subject.world;
      for (const { options } of manifest.tables)
        expect(await store.read(`SELECT 1 FROM ${store.quote(options.tableName ?? options.name)} WHERE 1 = 0`)).toEqual([]);
    },
  },
];
