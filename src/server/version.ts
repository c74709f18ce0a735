// The version that the banner and the command line show, read from the one place that holds it.
import { readFileSync } from 'node:fs';

/** The version in package.json, which lies two folders above the compiled file. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
