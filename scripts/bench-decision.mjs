// How long does a decision take? Evil patterns on paths of 256 to 2,048 bytes: the time must grow with the length and not faster; and no token
// that may be stored may hold the event loop longer than 500 ms, alone or with 200 rules at once. Every path is random and none is used twice,
// so that no answer is remembered. Prints a table; exit 1 past a bound.
import { LIMITS } from '../dist/core/limits.js';
import { compileLimitTo } from '../dist/policy/index.js';
import { readRules } from '../dist/policy/rule-list.js';

const LENGTHS = [256, 512, 1_024, 2_048];
const ROUNDS = 20;
const WARM_UP = 5;
const HELD_MS_MAX = 500;
/** Where 256 bytes take less than this the ratio says more of the timer, and of remembered states, than of the pattern. */
const TELLING_MS = 0.05;
/** Eight times the bytes: linear is 8. The rest is for the machine's own noise and for states that do not fit. */
const GROWTH_MAX = 16;

/** Patterns that stand still elsewhere, or come near our bounds; each is stored as a token's rule or refused when it is written. */
const EVIL = [
  '(a+)+$',
  '(a|a)*b',
  '(a|aa)+',
  '(a|b|ab)*c',
  '(?:(?:(?:a*)*)*)*b',
  '(.*a){12}',
  '(?:.*a){20}',
  '(?:a?){100}a{100}',
  '.*.*.*.*.*.*.*.*.*.*=.*',
  '(?:[a-z]*[a-z]*)*!',
  '(?:.*x.*y){20}',
  '([a-zA-Z]+)*!',
  '(?:a|b)*a(?:a|b){11}',
  '(?:a|b)*a(?:a|b){20}',
  '.*a.{100}',
  '.*a.{200}',
  '(?:.*a.{20})+',
  '.*[ab].{150}[ab]',
  '(?:a{0,50}b{0,50}){2}c',
  '(?:(?:a{1,9}){1,9}){1,3}',
  'a{250}',
  '(?:ab){125}',
  '[ab]*a[ab]{12}b[ab]{12}',
  '(?i)(?:a|A|b|B)*c{100}',
  '(?:.?){200}',
  '(?:.+){100}z',
  '(?:\\w+\\d*)+-',
  '(?:[ab]+[bc]+[ca]+)*d',
  '(?:a*b*c*d*e*f*)*g',
  '(?:.*\\b){10}!',
  '(?:\\B.)*\\b!',
  '(?:(?:ab|ba)*(?:aab|bba)*)*c',
  '(?:a|ab|abc|abcd|abcde)*f',
  '.*(?:a.*b.*c.*){8}',
  '(?:[^/]*/){30}x',
  '(?:/[^/]+)*/$',
  '(?:/?[ab]*)*x',
  '(?:a.?b.?){50}',
  '(?:.{1,5}){1,50}',
  '(?:[a-c]{2,3}[b-d]{2,3}){20}',
];

let state = 20_261_122;
const random = (below) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 4_294_967_296) * below);
};
const ALPHABETS = ['ab', 'aabbc', 'abcdefgxyz/', 'a', 'ABab-1'];

/** A path of so many bytes, of letters that keep the patterns busy; its last letters make it another one each time. */
function freshPath(length) {
  const alphabet = ALPHABETS[random(ALPHABETS.length)];
  const body = Array.from({ length: length - 9 }, () => alphabet[random(alphabet.length)]).join('');
  return `/${body}${random(4_294_967_296).toString(36).padStart(8, 'a').slice(-8)}`;
}

/** Milliseconds of the processor, not of the clock on the wall: whoever else uses the machine does not count. */
function spentSince(begun) {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1_000;
}

/** Milliseconds of decisions by length: the medians, and the longest of all. The lengths take turns, so that the machine's moods are shared. */
function measure(rules, rounds) {
  const times = LENGTHS.map(() => []);
  let longest = 0;
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const [index, length] of LENGTHS.entries()) {
      const subject = { method: 'GET', path: freshPath(length), contextPath: '', query: null, body: null };
      const begun = process.cpuUsage();
      rules.match(subject);
      const took = spentSince(begun);
      longest = Math.max(longest, took);
      if (round >= 0) times[index].push(took);
    }
  }
  return { medians: times.map((list) => list.toSorted((one, other) => one - other)[Math.floor(list.length / 2)]), longest };
}

/** The rules as they are stored, and how long that took; null when they are refused. */
function stored(texts) {
  const begun = process.cpuUsage();
  try {
    return { rules: compileLimitTo(texts.join('\n')), compiled: spentSince(begun) };
  } catch {
    return { rules: null, compiled: spentSince(begun) };
  }
}

const cell = (value, width = 9) => value.toFixed(value < 10 ? 2 : 0).padStart(width);
let held = 0;
let growthMost = 0;

function row(name, texts, rounds) {
  const { rules, compiled } = stored(texts);
  held = Math.max(held, compiled);
  if (rules === null) return console.log(`${name.padEnd(44)} refused, after ${compiled.toFixed(1)} ms`);
  const { medians, longest } = measure(rules, rounds);
  held = Math.max(held, longest);
  const growth = medians.at(-1) / medians[0];
  const isTelling = medians[0] >= TELLING_MS;
  if (isTelling) growthMost = Math.max(growthMost, growth);
  console.log(
    `${name.padEnd(44)}${cell(compiled)}${medians.map((median) => cell(median)).join('')}${cell(longest)}${isTelling ? cell(growth) : ''}`,
  );
}

/** As many of these patterns at once as one token may have, each behind a number, so that no two are alike: long ones give way to short ones. */
function fullToken(patterns) {
  const waiting = patterns.filter((pattern) => instructionsOf(pattern) !== null);
  const texts = [];
  let room = LIMITS.tokenProgramMax;
  for (let number = 0; texts.length < LIMITS.rulesPerTokenMax && waiting.length > 0; number += 1) {
    const at = number % waiting.length;
    const text = numbered(waiting[at], number);
    // What is left must do for rules of the shortest kind.
    const share = waiting.length === 1 ? room : (2 * room) / (LIMITS.rulesPerTokenMax - texts.length);
    const size = instructionsOf(text) ?? Number.POSITIVE_INFINITY;
    if (size > share) {
      waiting.splice(at, 1);
      continue;
    }
    room -= size;
    texts.push(text);
  }
  return texts;
}

/** Behind a number that may be left out, so that every pattern looks at every path. */
function numbered(pattern, number) {
  const [flags = ''] = /^\(\?i\)/.exec(pattern) ?? [];
  return `${flags}/(?:${number})?${pattern.slice(flags.length + 1)}`;
}

function instructionsOf(text) {
  try {
    return readRules([text], { allowBody: false })[0].pathInstructions;
  } catch {
    return null;
  }
}

console.log(`${'milliseconds'.padEnd(44)}  compile${LENGTHS.map((length) => `${length} B`.padStart(9)).join('')}  longest   growth`);
row(
  'nothing evil: 20 usual rules',
  Array.from({ length: 20 }, (_, number) => `[get]/rest/api/2/issue/[A-Z]+-${number}/.*`),
  ROUNDS,
);
// Paths begin with a slash, so the rules do.
const RULES = EVIL.map((pattern) => (pattern.startsWith('(?i)') ? `(?i)/${pattern.slice(4)}` : `/${pattern}`));
for (const rule of RULES) row(rule, [rule], ROUNDS);
for (const rule of RULES) {
  const texts = fullToken([rule]);
  if (texts.length > 1) row(`${texts.length} × ${rule}`, texts, 5);
}
const together = fullToken(RULES);
row(`${together.length} of all kinds`, together, ROUNDS);
console.log(
  `\nThe event loop was held for ${held.toFixed(0)} ms at most (bound: ${HELD_MS_MAX}); 8 × the bytes took ${growthMost.toFixed(1)} × the time at most (linear: 8).`,
);
process.exit(held > HELD_MS_MAX || growthMost > GROWTH_MAX ? 1 : 0);
