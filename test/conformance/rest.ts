// What every REST surface of a token system has in common, whatever its vendor's shapes are.
import { type Method, METHODS } from '../../src/core/index.js';
import type { RestModule, Route } from '../../src/plugin-kit/rest.js';
import { passwordOf, PRODUCT_VIEWS } from '../support/samples.js';
import type { Guarantee, Subject } from './subject.js';

/** A path of the system's own resources. */
interface Place {
  readonly path: string;
  /** The methods of every route that fits it. */
  readonly methods: ReadonlySet<Method>;
}

function placesOf(subject: Subject): readonly Place[] {
  const { restModules, apiRoutes = [] } = subject.world.active;
  return [...restModules.map(baseAndRoutes), { base: '/api/v1', routes: apiRoutes }].flatMap(({ base, routes }) =>
    [...new Set(routes.map(({ path }) => path.replaceAll(/:\w+/g, '1')))].map((path) => ({
      path: `${base}${path}`,
      methods: new Set(routes.flatMap((route) => (fitsRoute(route, path) ? [route.method] : []))),
    })),
  );
}

function baseAndRoutes({ product, path, versions, routes }: RestModule): { base: string; routes: readonly Route[] } {
  return { base: `${PRODUCT_VIEWS[product].contextPath}${path}${versions[0] === undefined ? '' : `/${versions[0]}`}`, routes };
}

function fitsRoute(route: Route, path: string): boolean {
  const [pattern, segments] = [segmentsOf(route.path), segmentsOf(path)];
  return pattern.length === segments.length && pattern.every((each, index) => each.startsWith(':') || each === segments[index]);
}

const segmentsOf = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');

export const rest: readonly Guarantee[] = [
  {
    test: 'refuses every call without a login: 401 with a challenge, and nothing is done',
    async holds(subject) {
      const kept = await subject.make();
      const acts = subject.world.acts.length;
      for (const { path, methods } of placesOf(subject)) {
        for (const method of methods) {
          const answer = await subject.world.send({ path, method, ...(method === 'POST' ? { json: { label: 'x', name: 'x' } } : {}) });
          expect([path, method, answer.status, answer.headers['www-authenticate'] === undefined]).toEqual([path, method, 401, false]);
        }
      }
      expect([(await subject.list()).map(({ tokenRef }) => tokenRef), subject.world.acts.length]).toEqual([[kept.tokenRef], acts]);
    },
  },
  {
    test: 'answers another method with 405, and says which it takes',
    async holds(subject) {
      const places = placesOf(subject);
      expect(places.length).toBeGreaterThan(1);
      for (const { path, methods } of places) {
        const wrong = METHODS.find((method) => method !== 'HEAD' && method !== 'OPTIONS' && !methods.has(method)) ?? 'PATCH';
        const answer = await subject.world.send({ ...(await subject.kind.callerOf(subject.world, path)), path, method: wrong });
        const allowed = (answer.headers.allow ?? '').split(', ').filter((method) => method !== 'HEAD');
        expect([path, answer.status, allowed.toSorted()]).toEqual([path, 405, [...methods].toSorted()]);
      }
    },
  },
  {
    test: 'answers below its path and nowhere else, in another product least of all',
    async holds(subject) {
      const made = subject.kind.makes({ label: 'x' }, passwordOf(subject.kind.owner), subject.world.clock.now());
      const { path } = made;
      const swapped = path.startsWith('/jira/') ? path.replace('/jira/', '/confluence/') : path.replace('/confluence/', '/jira/');
      const wrong = [swapped, `${path.replace(/\/$/, '')}x`, path.replace('/rest/', '/REST/')].filter((each) => each !== path);
      for (const elsewhere of wrong) {
        expect([elsewhere, (await subject.world.send({ ...made, path: elsewhere })).status]).toEqual([elsewhere, 404]);
      }
      expect(await subject.list()).toEqual([]);
    },
  },
  {
    test: 'writes the content type that clients compare letter by letter',
    async holds(subject) {
      const lists = await subject.kind.lists(subject.world);
      for (const sent of [...lists, ...lists.map(({ path }) => ({ path }))]) {
        expect((await subject.world.send(sent)).headers['content-type']).toBe('application/json;charset=UTF-8');
      }
    },
  },
  {
    test: 'makes no token with a token where the site says so: 403, nothing stored',
    async holds(subject) {
      const { login, tokenRef } = await subject.make();
      subject.world = await subject.world.restart({ tokensMakeTokens: 'refuse' });
      await expect(subject.make({ label: 'child' }, login)).rejects.toThrow(/ 403 /);
      expect([(await subject.list()).map((token) => token.tokenRef), subject.world.acts]).toEqual([[tokenRef], []]);
    },
  },
];
