// Reads values out of JSON that a client sent: own properties only, nothing assumed.

/** True for a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property of a JSON object; undefined where there is none, or where it is no object. */
export function at(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** An own property that is a text, else null. */
export function textAt(value: unknown, name: string): string | null {
  const text = at(value, name);
  return typeof text === 'string' ? text : null;
}
