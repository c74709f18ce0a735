// Gates by profile and settings, each started once for a test file, when the first test asks for it.
import { type Gate, type GateOptions, openGate } from '../support/gate.js';

export interface Gates {
  at(profile: 'emulator' | 'gateway', settings?: Readonly<Record<string, string>>, options?: Omit<GateOptions, 'settings'>): Promise<Gate>;
}

/** Closes them all after the file's last test. */
export function gatesOfThisFile(): Gates {
  const opened = new Map<string, Promise<Gate>>();
  afterAll(async () => {
    for (const gate of opened.values()) await gate.then((one) => one.close()).catch(() => undefined);
  });
  return {
    at(profile, settings = {}, options = {}) {
      const key = JSON.stringify([profile, settings, options]);
      const gate = opened.get(key) ?? openGate(profile, { ...options, settings });
      opened.set(key, gate);
      return gate;
    },
  };
}
