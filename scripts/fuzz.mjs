// Fuzzes the built Postern before Debian's Tomcat 10, which is the judge: whatever is forwarded, the path that Tomcat serves must lie below
// /rest/ and be covered by the token's rule, and be what was judged and recorded. `npm run fuzz -- --minutes N [--seed S]`
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { compileStoredLimitTo } from '../dist/policy/index.js';
import { dice } from './fuzz/dice.mjs';
import { startGate, talk } from './fuzz/gate.mjs';
import { randomConversation } from './fuzz/grammar.mjs';
import { startJudge, whatIsMissing } from './fuzz/judge.mjs';
import { randomRule, ruleText } from './fuzz/rules.mjs';
import { shrink } from './fuzz/shrink.mjs';
import { answersIn, valuesOf, wrongAnswers, wrongRecords, wrongWith } from './fuzz/verdict.mjs';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? Math.floor(Date.now() / 1000) % 1_000_000);
const minutes = Number(values.minutes);
if (!Number.isInteger(seed) || !(minutes > 0)) throw new Error('npm run fuzz -- --minutes N [--seed S], both numbers');
const missing = whatIsMissing();
if (missing !== null) {
  console.error(missing);
  process.exit(1);
}

const TOKENS = 60;
const SIDE_BY_SIDE = 16;
/** Of what is sent at least so much must be permitted: a gate that refuses everything proves nothing. */
const SERVED_SHARE_MIN = 0.05;

const scratch = mkdtempSync(path.join(os.tmpdir(), 'postern-fuzz-'));
const counts = { conversations: 0, served: 0, answers: new Map() };
/** What is under way, and what was, by the address it was sent from. */
const sent = new Map();
/** `METHOD uri` of all that was served, by request id. */
const served = new Map();
let first = null;

/** Each conversation has an address of its own, which Postern itself tells the product. */
const addressOf = (number) => `127.${10 + ((number >> 16) % 200)}.${(number >> 8) & 255}.${number & 255}`;

function note(told) {
  counts.served += 1;
  const [address = ''] = valuesOf(told, 'x-forwarded-for');
  const conversation = sent.get(address);
  const [id] = valuesOf(told, 'x-request-id');
  served.set(id, `${told.method} ${told.uri}`);
  const wrong = conversation === undefined ? `from nobody: ${address}` : wrongWith(told, conversation);
  if (wrong !== null) report(conversation ?? { text: JSON.stringify(told) }, wrong);
}

function report(conversation, wrong) {
  conversation.wrong ??= wrong;
  first ??= conversation;
}

async function converse(gate, token, number, text) {
  const conversation = { ...token, number, address: addressOf(number), text, wrong: null };
  sent.set(conversation.address, conversation);
  sent.delete(addressOf(number - 20_000));
  const received = await talk(gate.port, conversation.address, text);
  for (const { status } of answersIn(received)) counts.answers.set(status, (counts.answers.get(status) ?? 0) + 1);
  const wrong = wrongAnswers(received);
  if (wrong !== null) report(conversation, wrong);
  return conversation;
}

async function makeTokens(gate) {
  const tokens = [{ rule: null, policy: null, login: await gate.login(null) }];
  for (let number = 1; number < TOKENS; number += 1) {
    const die = dice(seed, 1_000_000_000 + number);
    const rule = randomRule(die);
    const text = ruleText(rule, die);
    tokens.push({ rule, policy: compileStoredLimitTo(text), login: await gate.login(text), text: null, limitTo: text });
  }
  return tokens;
}

async function run(gate, tokens) {
  const end = performance.now() + minutes * 60_000;
  let told = performance.now();
  let next = 0;
  const work = async () => {
    while (performance.now() < end && first === null && !gate.hasEnded()) {
      const number = next++;
      const die = dice(seed, number);
      const token = die.pick(tokens);
      await converse(gate, token, number, randomConversation(token, die));
      counts.conversations += 1;
      if (performance.now() - told < 10_000) continue;
      told = performance.now();
      console.log(`${counts.conversations} conversations, ${counts.served} requests served`);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return next;
}

/** Sends it again, smaller and smaller, and shows what is left. */
async function showFirst(gate, next) {
  let number = next + 20_000;
  const fails = async (text) => {
    const again = await converse(gate, { rule: first.rule, policy: first.policy }, number++, text);
    return again.wrong !== null;
  };
  const text = !gate.hasEnded() && first.number !== undefined ? await shrink(first.text, fails) : first.text;
  console.error(
    `\nWRONG: ${first.wrong}\nrule: ${first.limitTo ?? 'none'}\nbytes: ${JSON.stringify(text)}\nas sent: ${JSON.stringify(first.text)}`,
  );
}

async function main() {
  const folders = ['judge', 'postern'].map((name) => path.join(scratch, name));
  for (const folder of folders) mkdirSync(folder);
  const judge = await startJudge(folders[0], note);
  const gate = await startGate(folders[1], judge.origin);
  try {
    console.log(`Seed ${seed}, ${minutes} min, ${TOKENS} tokens; Tomcat at ${judge.origin}`);
    const next = await run(gate, await makeTokens(gate));
    const problems = [];
    if (gate.hasEnded()) problems.push('Postern has ended');
    if (/platform\.unexpected|uncaught|unhandled/i.test(gate.output())) problems.push(`unforeseen:\n${gate.output().slice(-3_000)}`);
    if (first !== null) await showFirst(gate, next);
    if (!gate.hasEnded() && first === null) problems.push(...wrongRecords(served, await gate.records()).slice(0, 10));
    if (counts.served < counts.conversations * SERVED_SHARE_MIN) problems.push('hardly anything was permitted: this run proves nothing');
    for (const problem of problems) console.error(`WRONG: ${problem}`);
    const answers = [...counts.answers].toSorted(([one], [other]) => one - other).map(([status, times]) => `${status}: ${times}`);
    console.log(`${counts.conversations} conversations, ${counts.served} requests served by Tomcat. Answers: ${answers.join(', ')}`);
    const isSound = first === null && problems.length === 0;
    console.log(isSound ? `Seed ${seed}: no difference.` : `Seed ${seed}: see above.`);
    return isSound ? 0 : 1;
  } finally {
    await gate.close();
    await judge.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exit(await main());
