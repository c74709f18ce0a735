// Whether a soak can fail: recorded runs of a server that stayed as it was and of one that was made to leak, and each bound by itself.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindOf, KINDS } from '../../../scripts/soak/mix.mjs';
import { rounded, type Sample, slope, type Soaked, verdictOf } from '../../../scripts/soak/verdict.mjs';
import { ROOT } from '../../architecture/source-tree.js';

const recorded = (name: string): Soaked => JSON.parse(readFileSync(join(ROOT, `test/fixtures/soak/${name}.json`), 'utf8')) as Soaked;
const failures = (soaked: Soaked): string[] => verdictOf(soaked).flatMap(({ what, holds }) => (holds ? [] : [what]));

const HELD = { heapMb: 40, socketCount: 4, descriptors: 29, timers: 0, threads: 11 };
const sample = (index: number, changes: Partial<Sample> = {}): Sample => ({
  atS: (index + 1) * 10,
  rssMb: 170,
  p99Ms: 30,
  requests: 1_000,
  cpuUs: 80,
  bareUs: 40,
  // A gauge with every fourth sample.
  gaugedAtS: Math.floor(index / 4) * 40,
  leftOut: 0,
  unexpected: {},
  ...changes,
});
const steady = (change: (index: number) => Partial<Sample> = () => ({})): Soaked => ({
  before: HELD,
  warm: HELD,
  after: HELD,
  samples: Array.from({ length: 40 }, (_, index) => sample(index, change(index))),
});

describe('the verdict of a soak [GW-62]', () => {
  it('lets a recorded run pass that stayed as it was', () => {
    expect(failures(recorded('steady'))).toEqual([]);
  });

  it('fails a recorded run of a server that kept 100 objects of each request, and a timer and a socket of some', () => {
    expect(failures(recorded('leaking'))).toEqual([
      'memory grown in the second half, MB',
      'heap in use afterwards beyond before, MB',
      'sockets left',
      'descriptors left',
      'timers left',
    ]);
  });

  it.each<[string, Soaked, string]>([
    [
      'memory that grows by 30 MB',
      steady((index) => ({ rssMb: 170 + Math.max(0, index - 19) * 1.5 })),
      'memory grown in the second half, MB',
    ],
    ['a heap that holds 30 MB more', { ...steady(), after: { ...HELD, heapMb: 70 } }, 'heap in use afterwards beyond before, MB'],
    ['latencies that became three times as long', steady((index) => ({ p99Ms: 20 + 2 * index })), 'p99 of the last quarter, ms'],
    ['a last quarter in which nothing was answered', steady((index) => (index < 30 ? {} : { p99Ms: null })), 'p99 of the last quarter, ms'],
    [
      'requests that cost half as much again on the same machine',
      steady((index) => ({ cpuUs: 80 + index })),
      'processor time of a request in the last quarter, in those of the bare proxy',
    ],
    ['one socket', { ...steady(), after: { ...HELD, socketCount: 5 } }, 'sockets left'],
    ['five descriptors', { ...steady(), after: { ...HELD, descriptors: 34 } }, 'descriptors left'],
    ['five timers', { ...steady(), after: { ...HELD, timers: 5 } }, 'timers left'],
    ['a thread', { ...steady(), after: { ...HELD, threads: 12 } }, 'threads afterwards'],
    [
      'one wrong answer',
      steady((index) => (index === 7 ? { unexpected: { 'usual: 502': 1 } } : {})),
      'answers that were not what they should be',
    ],
    ['a load that was not kept up', steady(() => ({ leftOut: 100 })), 'requests left out, of all'],
    ['nothing sent at all', steady(() => ({ requests: 0 })), 'requests'],
    ['memory that could not be read', steady(() => ({ rssMb: Number.NaN })), 'memory grown in the second half, MB'],
  ])('fails for %s', (_name, soaked, what) => {
    expect(failures(soaked)).toEqual([what]);
  });

  it.each<[string, Soaked]>([
    ['memory that grows while caches fill, and then no more', steady((index) => ({ rssMb: 100 + Math.min(index, 18) * 5 }))],
    ['one collection of garbage that came late', steady((index) => (index === 39 ? { rssMb: 400 } : {}))],
    [
      'requests that cost twice as much on a machine that became half as fast',
      steady((index) => ({ cpuUs: 80 + 2 * index, bareUs: 40 + index })),
    ],
    [
      'a server that became slow, where nobody knows whether the machine did',
      steady((index) => ({ cpuUs: 80 + 2 * index, gaugedAtS: Math.floor(index / 10) * 100 })),
    ],
    ['latencies that are short however they move', steady((index) => ({ p99Ms: index < 10 ? 5 : 45 }))],
  ])('lets pass: %s', (_name, soaked) => {
    expect(failures(soaked)).toEqual([]);
  });

  it('fails a run that was too short for any sample', () => {
    expect(failures({ ...steady(), samples: [] })).toContain('requests');
  });
});

describe('the slope', () => {
  it('is the median of all pairs, which one outlier does not move', () => {
    expect(slope([0, 1, 2, 3, 4, 5, 6].map((x) => [x, 2 * x]))).toBe(2);
    expect(slope([0, 1, 2, 3, 4, 5, 6].map((x) => [x, x === 6 ? 1_000 : 2 * x]))).toBe(2);
  });

  it('of one point is none', () => {
    expect(slope([[1, 5]])).toBe(0);
  });
});

describe('the mix', () => {
  it('has every kind as often as it says in any hundred requests', () => {
    const seen: Record<string, number> = {};
    for (let number = 250; number < 350; number += 1) seen[kindOf(number)] = (seen[kindOf(number)] ?? 0) + 1;
    expect(seen).toEqual(Object.fromEntries(Object.entries(KINDS).map(([kind, { of100 }]) => [kind, of100])));
  });
});

it.each([
  [4, '4'],
  [0.0512, '0.051'],
  [82.24, '82.2'],
])('prints %d as %s', (value, text) => {
  expect(rounded(value)).toBe(text);
});
