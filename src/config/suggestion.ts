// "Did you mean …?" behind an error about a name that is not known.
import { nearestName } from '../plugin-kit/nearest.js';

/** `; did you mean …?`, or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}
