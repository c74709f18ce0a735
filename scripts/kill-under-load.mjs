// `npm run kill -- --times 100 [--seed 7]`: kills the built server under load at random moments, starts it again, and holds its trail
// against what the product saw: each request once, the counters, the chain. Ends with 1 at the first thing that does not hold.
import { parseArgs } from 'node:util';
import { register } from 'tsx/esm/api';

register();
const { values } = parseArgs({
  options: { times: { type: 'string', default: '10' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } },
});
const { killRounds } = await import('../test/e2e/kill-rounds.ts');
const { startUpstream } = await import('../test/support/upstream.ts');

/** mulberry32: the same moments for the same seed. */
function chances(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const rounds = Number(values.times);
console.log(`${rounds} kills, seed ${values.seed}`);
const upstream = await startUpstream();
try {
  const report = await killRounds({
    upstream,
    rounds,
    chance: chances(Number(values.seed)),
    report: (round, soFar) => {
      if (round % 10 === 0 && round < rounds) console.log(`after ${round}: ${JSON.stringify(soFar)}`);
    },
  });
  console.log(`all holds: ${JSON.stringify(report)}`);
} finally {
  await upstream.close();
}
