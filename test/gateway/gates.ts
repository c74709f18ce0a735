// Gates by profile and settings, each started once for a test file: a start costs as much as a hundred requests.
import { ADMIN, type Gate, type GateOptions, openGate } from '../support/gate.js';
import { basic } from '../support/raw-client.js';

/** Fields of `tokenTools/set`. */
export type TokenFields = Partial<Readonly<Record<'userName' | 'limitTo' | 'ip', string>>>;

export interface Gates {
  /** Starts one, or gives the one there is. */
  at(profile: 'emulator' | 'gateway', settings?: Readonly<Record<string, string>>, options?: Omit<GateOptions, 'settings'>): Promise<Gate>;
  /** The `Authorization` field of a token, the administrator's unless `userName` says another; made once for each gate and these fields of `tokenTools/set`. */
  login(gate: Gate, fields?: TokenFields): Promise<string>;
}

type First = readonly [profile: 'emulator' | 'gateway', settings?: Readonly<Record<string, string>>];

/** Starts the first ones side by side before the file's first test, and closes all after its last. */
export function gatesOfThisFile(...first: readonly First[]): Gates {
  const opened = new Map<string, Promise<Gate>>();
  const logins = new Map<string, Promise<string>>();
  afterAll(async () => {
    for (const gate of opened.values()) await gate.then((one) => one.close()).catch(() => undefined);
  });
  const gates: Gates = {
    at(profile, settings = {}, options = {}) {
      const key = JSON.stringify([profile, settings, options]);
      const gate = opened.get(key) ?? openGate(profile, { ...options, settings });
      opened.set(key, gate);
      return gate;
    },
    login(gate, fields = {}) {
      const key = JSON.stringify([gate.postern.port, fields]);
      const { userName: username = ADMIN.username } = fields;
      const login = logins.get(key) ?? gate.token(fields).then(({ token }) => `Authorization: ${basic(username, token)}`);
      logins.set(key, login);
      return login;
    },
  };
  beforeAll(async () => {
    await Promise.all(first.map(([profile, settings]) => gates.at(profile, settings)));
  });
  return gates;
}
