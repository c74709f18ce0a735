// One token system from dist/ on a database of its own, with as many tokens as wanted: one made through its own REST, the others copied from it.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createAuthentication } from '../dist/authn/authenticate.js';
import { Secret, silentLogger, systemClock, systemRandom } from '../dist/core/index.js';
import { hostFor } from '../dist/host/capabilities.js';
import { createPosternMail1795305600080, posternMailTable } from '../dist/mail/postern-mail.js';
import { openDirectory } from '../dist/store/directory/directory.js';
import { storeMigrations } from '../dist/store/migrations/index.js';
import { openStore } from '../dist/store/open-store.js';
import { openSiteKeys } from '../dist/store/site-keys.js';
import { openSwitches } from '../dist/store/switches.js';
import { storeTables } from '../dist/store/tables/index.js';
import { tokenList } from '../dist/store/token-registry.js';

/** Tokens that one user has, the one of the original too. */
const PER_USER = 10;
const other = (name, prefix) => `CASE WHEN i < ${PER_USER} THEN "${name}" ELSE '${prefix}' || (900000 + i / ${PER_USER}) END`;

/** What each column of a copied row holds, by its name without case; all others are as in the original. `i` counts from 1. */
const COPIED = {
  id: () => '1000000 + i',
  token_ref: (name) => `substr("${name}", 1, 4) || printf('%012d', i)`,
  token_id: () => "printf('%012d', i)",
  digest: () => 'lower(hex(randomblob(32)))',
  hash: () => 'lower(hex(randomblob(32)))',
  user_key: (name) => other(name, 'JIRAUSER'),
  owner_key: (name) => other(name, 'JIRAUSER'),
  account_id: (name) => other(name, '557058:'),
  label: () => "'token ' || i",
  lower_label: () => "'token ' || i",
  name: () => "'token ' || i",
  created_at: (name) =>
    `CASE typeof("${name}") WHEN 'text' THEN strftime('%Y-%m-%d %H:%M:%f', "${name}", '-' || i || ' seconds') ELSE "${name}" - i * 1000 END`,
};

/** Opens one; `make` is the route and body that make a token, see `bench-tokens.mjs`. */
export async function openWorld(plugin, shared, { make, present, key }, tokens) {
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'postern-bench-'));
  const [clock, random, logger] = [systemClock, systemRandom, silentLogger];
  const manifests = [plugin.manifest, ...shared];
  const store = await openStore({
    url: 'sqlite:postern.sqlite',
    dataFolder,
    logger,
    entities: [...storeTables, posternMailTable, ...manifests.flatMap((manifest) => manifest.tables)],
    migrations: [...storeMigrations, createPosternMail1795305600080, ...manifests.flatMap((manifest) => manifest.migrations)],
  });
  const keys = await openSiteKeys({ keyFile: path.join(dataFolder, 'site-key.json'), store, clock, random, logger });
  const directory = await openDirectory({ store, clock, random, passwordScheme: 'pkcs5s2' });
  const registry = tokenList(store);
  const active = await plugin.activate(
    hostFor(plugin.manifest, {
      ...{ clock, random, logger, directory, keys, registry, store, switches: await openSwitches(store) },
      audit: { act: (_act, work) => work() },
      mail: { send: async () => undefined },
      profile: 'emulator',
      timezone: 'UTC',
      tokensMakeTokens: 'allow',
      setting: (spec) => spec.fallback.emulator,
      forget: () => undefined,
      settleUses: async () => undefined,
    }),
  );
  const authenticators = active.authenticators.map((authenticator) => ({ system: plugin.manifest.key, authenticator }));
  const checkPassword = async () => null;
  const authentication = createAuthentication({ clock, random, logger, keys, authenticators, checkPassword, wrongBearer: 'refuse' });
  const world = { store, directory, registry, active, authentication, users: {} };
  for (const username of ['admin', 'alice']) {
    const emailAddress = `${username}@example.com`;
    const isAdministrator = username === 'admin';
    const user = { username, password: new Secret(username), displayName: username, emailAddress, isAdministrator, isActive: true };
    world.users[username] = await directory.createUser(user);
  }
  world.login = present((await call(world, 'alice', 'POST', make.path, { json: make.json })).json);
  await copyTokens(store, [...manifests.flatMap((manifest) => manifest.tables), { options: { name: 'postern_token' } }], tokens);
  if (key !== undefined) world.keyRef = (await call(world, 'admin', 'POST', key.path, { json: key.json })).json.id;
  world.close = async () => {
    await store.close();
    rmSync(dataFolder, { recursive: true, force: true });
  };
  return world;
}

/** Calls a route of the system as the router would, the body read and the answer not written; `isKey`: with the organization's key. */
export async function call(
  { active, users, keyRef },
  username,
  method,
  target,
  { json = null, query = '', parameters = {}, isKey = false } = {},
) {
  const found = [...active.restModules, { path: '/api/v1', versions: [], routes: active.apiRoutes ?? [] }].flatMap(
    ({ path: base, versions, routes }) =>
      routes.flatMap((route) => {
        const pattern = `${base}${versions[0] === undefined ? '' : `/${versions[0]}`}${route.path}`;
        return route.method === method && pattern === target ? [route] : [];
      }),
  )[0];
  if (found === undefined) throw new Error(`no route ${method} ${target}`);
  const request = { method, path: target, query, product: 'jira', contextPath: '', peer: '127.0.0.1', clientAddress: '127.0.0.1' };
  const caller = { principal: users[username], grant: isKey ? { system: 'cloud-api-tokens', tokenRef: keyRef } : null };
  return found.handle({ caller, request, parameters, query: new URLSearchParams(query), json: async () => json });
}

/** Fills every table up to `tokens` rows of the one that is there, and the users’ with whose they are. */
async function copyTokens(store, tables, tokens) {
  await store.transaction(async (manager) => {
    for (const { options } of tables) {
      const table = options.tableName ?? options.name;
      const [original] = await manager.query(`SELECT rowid AS place FROM "${table}" ORDER BY rowid LIMIT 1`);
      if (original === undefined || table.endsWith('_sequence')) continue;
      const columns = (await manager.query(`PRAGMA table_info("${table}")`)).map(({ name }) => name);
      const values = columns.map((name) => COPIED[name.toLowerCase()]?.(name) ?? `"${name}"`);
      await manager.query(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${tokens - 1})
         INSERT INTO "${table}" (${columns.map((name) => `"${name}"`).join(', ')})
         SELECT ${values.join(', ')} FROM "${table}", n WHERE "${table}".rowid = ${original.place}`,
      );
    }
    await copyUsers(manager, Math.floor(tokens / PER_USER));
    await manager.query(`UPDATE postern_token_total SET total = (SELECT COUNT(*) FROM postern_token
      WHERE scope = '*' OR scope = system_key)`);
  });
}

/** The owners of the copies; nobody can log in as one. */
async function copyUsers(manager, users) {
  const columns = (await manager.query('PRAGMA table_info("cwd_user")')).map(({ name }) => name);
  const copied = { id: '900000 + i', user_name: "'user' || i", lower_user_name: "'user' || i", credential: 'NULL' };
  for (const name of ['display_name', 'lower_display_name']) copied[name] = "'user number ' || i";
  for (const name of ['email_address', 'lower_email_address']) copied[name] = "'user' || i || '@example.com'";
  const n = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${users})`;
  await manager.query(`${n} INSERT INTO cwd_user (${columns.join(', ')})
    SELECT ${columns.map((name) => copied[name] ?? name).join(', ')} FROM cwd_user, n WHERE lower_user_name = 'alice'`);
  await manager.query(`${n} INSERT INTO postern_user (user_id, jira_key, confluence_key, account_id, is_administrator)
    SELECT 900000 + i, 'JIRAUSER' || (900000 + i), lower(hex(randomblob(16))), '557058:' || (900000 + i), 0 FROM n`);
  await manager.query(`${n} INSERT INTO user_mapping (user_key, username, lower_username)
    SELECT 'JIRAUSER' || (900000 + i), 'user' || i, 'user' || i FROM n`);
}
