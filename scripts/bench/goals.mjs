// The goals of GW-61 and GW-62, held against what a run has seen.
import { cachedWith, ONE_PROCESS, TOKEN_COUNTS, TWO_PROCESSES, uncachedWith } from './names.mjs';

/** Processor time below which a difference says nothing: what two runs of the same differ by. */
const NOISE = 0.03;

const [FEWEST, , MOST] = TOKEN_COUNTS;
const SMALL_32 = 'small answers, 32 connections';
const SMALL_1 = 'small answers, 1 connection';
const SMALL_256 = 'small answers, 256 connections';
const TOKENS = 'tokens in the database, 32 connections';
const PROCESSES = 'a second process, 32 connections';
const POWER = 'Postern, durability power';

/** Each: what it says, which side of the bound is good, the bound, and what was seen: undefined where a part of it was not measured. */
const GOALS = [
  atLeast('of the bare Node proxy, 32 connections', 0.85, (seen) => seen.ratio(SMALL_32, 'Postern', 'bare Node proxy')),
  atLeast('of Fastify http-proxy + bearer-auth', 1.3, (seen) => seen.ratio(SMALL_32, 'Postern', 'Fastify http-proxy + bearer-auth')),
  atLeast('of Express + Passport + http-proxy', 3, (seen) => seen.ratio(SMALL_32, 'Postern', 'Express + Passport + http-proxy')),
  atLeast('of nginx, auth_basic (apr1)', 2, (seen) => seen.ratio(SMALL_32, 'Postern', 'nginx, auth_basic (apr1)')),
  atLeast('durability power of process, 256 connections', 0.8, (seen) => seen.ratio(SMALL_256, POWER, 'Postern')),
  atMost('power, 1 connection: added latency, in fdatasyncs of the device', 4, (seen) => seen.addedByPower()),
  below('the decision alone, 20 rules, µs', 2, (seen) => seen.report.decision && seen.report.decision.nanoseconds / 1_000),
  below('an uncached verification, CPU µs', 150, (seen) =>
    difference(seen.cpuUs(TOKENS, uncachedWith(FEWEST)), seen.cpuUs(TOKENS, cachedWith(FEWEST))),
  ),
  atMost('remembered: CPU with 1,000,000 tokens of that with 10', 1 + NOISE, (seen) =>
    quotient(seen.cpuUs(TOKENS, cachedWith(MOST)), seen.cpuUs(TOKENS, cachedWith(FEWEST))),
  ),
  atMost('looked up: the same, less what the index itself takes', 1 + NOISE, (seen) => seen.uncachedGrowth()),
  atMost('a second process: CPU of a request of that with one', 1.1, (seen) =>
    quotient(seen.cpuUs(PROCESSES, TWO_PROCESSES), seen.cpuUs(PROCESSES, ONE_PROCESS)),
  ),
  below('start on an existing database to /readyz, ms', 1_000, (seen) => seen.report.startUp?.wallMs),
  elsewhere('memory flat over an hour', 'npm run soak'),
];

/** One row a goal: `{ goal, bound, seen, isReached }`; `seen` and `isReached` are null where the run did not measure it. */
export function goalsOf(report) {
  const seen = reader(report);
  return GOALS.map(({ goal, bound, holds, look, instead }) => {
    const value = look?.(seen);
    const isSeen = typeof value === 'number' && Number.isFinite(value);
    return {
      goal,
      bound,
      seen: isSeen ? value : null,
      isReached: isSeen ? holds(value) : null,
      ...(instead === undefined ? {} : { instead }),
    };
  });
}

function atLeast(goal, bound, look) {
  return { goal, bound: `≥ ${bound}`, holds: (value) => value >= bound, look };
}

function atMost(goal, bound, look) {
  return { goal, bound: `≤ ${bound}`, holds: (value) => value <= bound, look };
}

function below(goal, bound, look) {
  return { goal, bound: `< ${bound}`, holds: (value) => value < bound, look };
}

function elsewhere(goal, instead) {
  return { goal, bound: '', instead };
}

/** Looks things up in a report; what is not there makes everything that is worked out from it undefined. */
function reader(report) {
  const caseOf = (name) => report.cases.find((one) => one.name === name);
  const partyOf = (name, party) => caseOf(name)?.results.find((result) => result.name === party);
  const cpuUs = (name, party) => partyOf(name, party)?.cpuUs ?? undefined;
  return {
    report,
    cpuUs,
    ratio: (name, party, of) => quotient(partyOf(name, party)?.perSecond, partyOf(name, of)?.perSecond),
    addedByPower: () =>
      quotient(difference(partyOf(SMALL_1, POWER)?.p50Us, partyOf(SMALL_1, 'Postern')?.p50Us), caseOf(SMALL_1)?.beside?.device?.us),
    uncachedGrowth() {
      const lookUps = caseOf(TOKENS)?.beside?.lookUpUs ?? {};
      const index = Math.max(0, difference(lookUps[MOST], lookUps[FEWEST]));
      return quotient(difference(cpuUs(TOKENS, uncachedWith(MOST)), index), cpuUs(TOKENS, uncachedWith(FEWEST)));
    },
  };
}

const difference = (one, other) => (one === undefined || other === undefined ? undefined : one - other);
const quotient = (one, other) => (one === undefined || other === undefined || other === 0 ? undefined : one / other);
