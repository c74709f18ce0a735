// Reads the properties of a JSON object strictly. A misspelt `limitto` that was passed over in silence would make an
// unrestricted token, so a property nobody knows is a fault.
import { nearestName } from './nearest.js';
import { RestFault } from './rest.js';

/** A body that is an object with no property but known ones. */
export type Fields = Readonly<Record<string, unknown>>;

/** The body as an object. Throws RestFault 400 for anything else, and for a property that is not `known`, naming the nearest that is. */
export function requireFields(body: unknown, known: readonly string[]): Fields {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new RestFault(400, 'The body must be a JSON object.');
  for (const name of Object.keys(body)) {
    if (!known.includes(name)) throw new RestFault(400, `Unknown property ${JSON.stringify(name.slice(0, 60))}. ${hint(name, known)}`);
  }
  return { ...body };
}

/** A text; null when it is left out, null or empty. Throws RestFault 400 for another type. */
export function optionalText(fields: Fields, name: string): string | null {
  const value = fields[name] ?? null;
  if (value === null || value === '') return null;
  if (typeof value !== 'string') throw new RestFault(400, `${name} must be a string.`);
  return value;
}

/** A boolean; null when it is left out. Throws RestFault 400 for anything else, null included. */
export function optionalFlag(fields: Fields, name: string): boolean | null {
  const value = fields[name];
  if (value === undefined) return null;
  if (typeof value !== 'boolean') throw new RestFault(400, `${name} must be true or false.`);
  return value;
}

function hint(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? `Known are: ${known.join(', ')}.` : `Did you mean "${nearest}"?`;
}
