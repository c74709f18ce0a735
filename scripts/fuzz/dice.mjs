// Randomness that is the same for the same seed: mulberry32, one generator for each conversation, so that the order in which they run does
// not change what is sent.

/** Dice for conversation `number` of the run with this seed. */
export function dice(seed, number) {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count) => Math.floor(next() * count);
  return {
    below,
    /** True once in `times`. */
    once: (times) => below(times) === 0,
    pick: (list) => list[below(list.length)],
    some: (count, make) => Array.from({ length: count }, make),
  };
}
