// The vectors of the limitTo language over raw sockets, through the whole server in another process, before a recording product.
import { readFileSync } from 'node:fs';
import { type Gate, openGate, request } from '../support/gate.js';

interface Vectors {
  readonly sets: readonly {
    readonly rules: string;
    readonly sameAs?: readonly string[];
    readonly cases: readonly (readonly [string, string, 'allow' | 'deny' | 'refuse', string])[];
  }[];
  readonly invalid: readonly string[];
  readonly valid: readonly string[];
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/limit-to.json', import.meta.url), 'utf8')) as Vectors;
const STATUS = { deny: 403, refuse: 400 } as const;

/** The canonical target of the one vector that is not canonical already [GW-1]. */
const canonical = (target: string): string => target.replace('%2D', '-');

describe.each(['emulator', 'gateway'] as const)('the limitTo vectors in the %s profile', (profile) => {
  const gates = new Map<string, Gate>();
  let ran = 0;

  beforeAll(async () => {
    for (const context of ['/jira', '']) gates.set(context, await openGate(profile, { jiraContext: context }));
  });
  afterAll(async () => {
    for (const gate of gates.values()) await gate.close();
  });

  describe.each(vectors.sets.flatMap((set) => [set.rules, ...(set.sameAs ?? [])].map((rules) => ({ rules, cases: set.cases }))))(
    'rules $rules',
    ({ rules, cases }) => {
      const tokens = new Map<string, string>();
      beforeAll(async () => {
        for (const [context, gate] of gates) tokens.set(context, (await gate.token({ limitTo: rules })).token);
      });

      it.each(cases.map(([method, target, expected, why]) => ({ method, target, expected, why })))(
        '$method $target: $expected, $why [EXT-20, GW-1, GW-42]',
        async ({ method, target, expected }) => {
          ran += 1;
          const context = target.startsWith('/jira') ? '/jira' : '';
          const gate = gates.get(context)!;
          const bytes = request(method, target, [`Authorization: ${gate.as(tokens.get(context)!)}`]);
          const { answer, received } = await gate.send(bytes);
          if (expected !== 'allow') {
            expect(received).toEqual([]);
            expect(answer.status).toBe(STATUS[expected]);
            return;
          }
          expect(answer.status).toBe(200);
          expect(received.map((one) => [one.method, one.target])).toEqual([[method, canonical(target)]]);
          expect(gate.upstream.header(received[0], 'X-Forwarded-User')).toEqual(['admin']);
          expect(gate.upstream.header(received[0], 'Authorization')).toEqual([]);
        },
      );
    },
  );

  it('ran every case of the file, with every spelling of its rules [EXT-20]', () => {
    expect(ran).toBe(vectors.sets.reduce((sum, set) => sum + set.cases.length * (1 + (set.sameAs?.length ?? 0)), 0));
  });

  it.each(vectors.invalid.map((rules) => ({ rules })))('refuses $rules with 400 and stores nothing [EXT-17, EXT-18]', async ({ rules }) => {
    const gate = gates.get('/jira')!;
    const before = (await gate.tokenTools('get')).json['total'];
    const { status, json } = await gate.tokenTools('set', { label: 'invalid', userName: 'admin', limitTo: rules });
    expect(status).toBe(400);
    expect(json['status']).toBe('error');
    expect((await gate.tokenTools('get')).json['total']).toBe(before);
  });

  it.each(vectors.valid.map((rules) => ({ rules })))('takes $rules [EXT-17]', async ({ rules }) => {
    expect((await gates.get('/jira')!.tokenTools('set', { label: 'valid', userName: 'admin', limitTo: rules })).status).toBe(200);
  });
});
