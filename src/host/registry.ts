// Which token systems are carried, checked before anything runs: a manifest is data, so its faults show at the start, all at once.
import { StartError } from '../core/start-error.js';
import type { MigrationInterface } from 'typeorm';
import type { Plugin } from '../plugin-kit/contract.js';

/** Throws StartError with every fault of every manifest. */
export function validateManifests(plugins: readonly Plugin[]): void {
  const faults = [
    ...repeated(plugins.map(({ manifest }) => manifest.key)).map((key) => `the key ${key} is taken twice`),
    ...repeated(plugins.flatMap(({ manifest }) => manifest.tables.map((table) => table.options.tableName ?? table.options.name))).map(
      (table) => `the table ${table} is declared twice`,
    ),
    ...repeated(plugins.flatMap(({ manifest }) => manifest.migrations.map(migrationName))).map(
      (migration) => `the migration ${migration} is declared twice`,
    ),
    ...repeated(plugins.flatMap(({ manifest }) => manifest.settings.map((setting) => setting.name))).map(
      (setting) => `the setting ${setting} is declared twice`,
    ),
    ...undeclared(plugins),
    ...plugins
      .filter(({ manifest }) => !/^[a-z0-9][a-z0-9.-]{0,63}$/.test(manifest.key))
      .map(({ manifest }) => `the key ${manifest.key} is not a key`),
    // TypeORM sorts all migrations by these digits, so that those of several plugins interleave harmlessly.
    ...plugins
      .flatMap(({ manifest }) => manifest.migrations.map(migrationName))
      .filter((name) => !/\d{13}$/.test(name))
      .map((name) => `the migration ${name} does not end in 13 digits`),
  ];
  if (faults.length > 0) throw new StartError(`The token systems do not fit together: ${faults.join('; ')}.`, 'Mend the manifests.');
}

/** A setting that is shared and that nobody has would be read by nobody. */
function undeclared(plugins: readonly Plugin[]): readonly string[] {
  const declared = new Set(plugins.flatMap(({ manifest }) => manifest.settings.map((setting) => setting.name)));
  return plugins.flatMap(({ manifest }) =>
    (manifest.sharedSettings ?? [])
      .filter((setting) => !declared.has(setting.name))
      .map((setting) => `${manifest.key} shares the setting ${setting.name}, which no carried system declares`),
  );
}

// TypeORM's own rule: an instance may name itself, else its class does.
function migrationName(migration: new () => MigrationInterface): string {
  return new migration().name ?? migration.name;
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
