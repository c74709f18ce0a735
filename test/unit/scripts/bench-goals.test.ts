// What the benchmark says of the goals: from reports whose figures are made up, so that it is known what must come out.
import { goalsOf, type GoalRow, type Report, type Result } from '../../../scripts/bench/goals.mjs';
import { spelling } from '../../../scripts/bench/spelling.mjs';
import { median, renderComparison, renderGoals } from '../../../scripts/bench/table.mjs';

const result = (name: string, changes: Partial<Result> = {}): Result => ({ name, perSecond: 1_000, cpuUs: 100, p50Us: 500, ...changes });

/** Everything measured, everything just reached. */
const REACHED: Report = {
  cases: [
    {
      name: 'small answers, 32 connections',
      results: [
        result('bare Node proxy', { perSecond: 10_000 }),
        result('Postern', { perSecond: 8_500 }),
        result('Fastify http-proxy + bearer-auth', { perSecond: 6_500 }),
        result('Express + Passport + http-proxy', { perSecond: 2_800 }),
        result('nginx, auth_basic (apr1)', { perSecond: 4_230 }),
      ],
    },
    {
      name: 'small answers, 1 connection',
      results: [result('Postern', { p50Us: 500 }), result('Postern, durability power', { p50Us: 1_300 })],
      beside: { device: { us: 200 } },
    },
    {
      name: 'small answers, 256 connections',
      results: [result('Postern', { perSecond: 5_000 }), result('Postern, durability power', { perSecond: 4_000 })],
    },
    {
      name: 'a second process, 32 connections',
      results: [result('one process', { cpuUs: 200 }), result('two processes, one database', { cpuUs: 220 })],
    },
    {
      name: 'tokens in the database, 32 connections',
      results: [
        result('10 tokens, remembered', { cpuUs: 100 }),
        result('1,000,000 tokens, remembered', { cpuUs: 103 }),
        result('10 tokens, looked up', { cpuUs: 200 }),
        result('1,000,000 tokens, looked up', { cpuUs: 216 }),
      ],
      beside: { lookUpUs: { 10: 10, 1000000: 20 } },
    },
  ],
  decision: { nanoseconds: 1_500 },
  startUp: { wallMs: 800 },
};

/** The report with one party's figures changed. */
function changed(caseName: string, party: string, changes: Partial<Result>): Report {
  const cases = REACHED.cases.map((one) =>
    one.name.includes(caseName)
      ? { ...one, results: one.results.map((each) => (each.name === party ? { ...each, ...changes } : each)) }
      : one,
  );
  return { ...REACHED, cases };
}

const missed = (report: Report): string[] => goalsOf(report).flatMap(({ goal, isReached }) => (isReached === false ? [goal] : []));
const rowOf = (report: Report, part: string): GoalRow | undefined => goalsOf(report).find(({ goal }) => goal.includes(part));

describe('the table of goals [GW-62]', () => {
  it('has all of them reached by a run that just reaches them', () => {
    expect(missed(REACHED)).toEqual([]);
    const open = goalsOf(REACHED).filter(({ isReached }) => isReached === null);
    expect(open.map(({ goal, instead }) => [goal, instead])).toEqual([['memory flat over an hour', 'npm run soak']]);
  });

  it.each<[string, Report]>([
    ['of the bare Node proxy', changed('answers, 32', 'Postern', { perSecond: 8_460 })],
    ['of Fastify', changed('answers, 32', 'Fastify http-proxy + bearer-auth', { perSecond: 6_600 })],
    ['of Express', changed('answers, 32', 'Express + Passport + http-proxy', { perSecond: 2_900 })],
    ['of nginx', changed('answers, 32', 'nginx, auth_basic (apr1)', { perSecond: 4_300 })],
    ['durability power of process', changed('256', 'Postern, durability power', { perSecond: 3_900 })],
    ['added latency', changed('1 connection', 'Postern, durability power', { p50Us: 1_310 })],
    ['the decision alone', { ...REACHED, decision: { nanoseconds: 2_000 } }],
    ['remembered', changed('tokens', '1,000,000 tokens, remembered', { cpuUs: 104 })],
    ['looked up', changed('tokens', '1,000,000 tokens, looked up', { cpuUs: 217 })],
    ['a second process', changed('a second', 'two processes, one database', { cpuUs: 221 })],
    ['start on an existing database', { ...REACHED, startUp: { wallMs: 1_000 } }],
  ])('says that one is missed, and no other: %s', (goal, report) => {
    expect(missed(report)).toEqual([expect.stringContaining(goal)]);
  });

  it('takes for a verification what a looked-up request needs beyond a remembered one [GW-60, GW-61]', () => {
    expect(rowOf(REACHED, 'an uncached verification')).toMatchObject({ seen: 100, isReached: true });
    expect(rowOf(changed('tokens', '10 tokens, looked up', { cpuUs: 250 }), 'an uncached verification')).toMatchObject({
      seen: 150,
      isReached: false,
    });
  });

  it('takes off what the database’s index takes for itself', () => {
    expect(rowOf(REACHED, 'looked up')?.seen).toBeCloseTo((216 - 10) / 200);
  });

  it.each<[string, Report]>([
    ['nothing at all', { cases: [] }],
    ['cases without Postern', { cases: REACHED.cases.map((one) => ({ ...one, results: [], beside: null })) }],
    ['no processor time', changed('tokens', '10 tokens, remembered', { cpuUs: null })],
  ])('never calls reached what was not measured: %s', (_name, report) => {
    const verification = rowOf(report, 'an uncached verification');
    expect(verification).toMatchObject({ seen: null, isReached: null });
    expect(renderGoals([verification as GoalRow])).toContain('| not measured |');
  });

  it('is printed with what was seen', () => {
    expect(renderGoals(goalsOf(changed('answers, 32', 'Postern', { perSecond: 8_460 })))).toContain(
      '| of the bare Node proxy, 32 connections | ≥ 0.85 | 0.846 | no |',
    );
  });

  it('of several runs stand side by side, with the median', () => {
    const runs = [8_000, 9_000, 8_500].map((perSecond) => ({ goals: goalsOf(changed('answers, 32', 'Postern', { perSecond })) }));
    expect(renderComparison(runs)).toContain('| of the bare Node proxy, 32 connections | ≥ 0.85 | 0.800 | 0.900 | 0.850 | 0.850 |');
  });
});

describe('the median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[10, 9, 1_000], 10],
    [[null, 7], 7],
    [[], null],
  ])('of %j is %j', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe('spellings of a name', () => {
  it('are all different and all the same name', () => {
    const all = Array.from({ length: 64 }, (_, number) => spelling('ab.cd3ef', number));
    expect(new Set(all).size).toBe(64);
    expect(new Set(all.map((name) => name.toLowerCase()))).toEqual(new Set(['ab.cd3ef']));
    expect(spelling('ab.cd3ef', 0)).toBe('ab.cd3ef');
  });

  it('come to an end', () => {
    expect(() => spelling('ab.cd3ef', 64)).toThrow('64 spellings');
  });
});
