// Runs what README.md (or the page named on the command line) tells its reader to type, and compares what it prints with what the page says.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAsExpected, isWithin, readBlocks } from './readme-blocks.mjs';
import { ShellSession } from './shell-session.mjs';

const page = resolve(process.argv[2] ?? 'README.md');
const dataFolder = join(dirname(page), 'data');
const blocks = readBlocks(readFileSync(page, 'utf8'));
if (existsSync(dataFolder)) {
  console.error(
    'There is a data folder already: the page begins with a fresh clone, and what is in the folder would change what is printed.',
  );
  process.exit(1);
}

const counts = { passed: 0, failed: 0, skipped: 0 };
const shell = new ShellSession(dirname(page));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void shell.close().finally(() => process.exit(1)));
try {
  for (const block of blocks) {
    if (!shell.isUsable) {
      counts.failed += 1;
      console.log(`FAILED   ${nameOf(block)}: the terminal is gone, so it and what follows was not run`);
      break;
    }
    if (block.skipped === null) report(block, await perform(block));
    else {
      counts.skipped += 1;
      console.log(`not run  ${nameOf(block)}: ${block.skipped}`);
    }
  }
} finally {
  await shell.close();
  rmSync(dataFolder, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} not run`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);

async function perform(block) {
  const ran = await shell.run(block.commands);
  if (ran.problem !== null) return ran;
  if (block.server === null) {
    const isRight = block.expected === null || isAsExpected(block.expected, ran.printed);
    return isRight ? ran : { ...ran, problem: 'it does not print what the page says' };
  }
  const started = await shell.start(block.server);
  if (started.problem !== null || block.expected === null) return started;
  for (let waited = 0; waited < 2_000; waited += 100) {
    if (isWithin(block.expected, started.printedLater())) return started;
    await wait(100);
  }
  return { ...started, printed: started.printedLater(), problem: 'it does not print what the page says' };
}

function report(block, { problem, printed, errors }) {
  counts[problem === null ? 'passed' : 'failed'] += 1;
  if (problem === null) return console.log(`passed   ${nameOf(block)}`);
  console.log(`FAILED   ${nameOf(block)}: ${problem}`);
  show('the page says', block.expected?.text ?? '');
  show('printed', printed);
  show('printed as errors', errors);
}

function nameOf(block) {
  return `line ${block.line}: ${block.text.split('\n')[0]}`;
}

function show(title, text) {
  if (text.trim() !== '') console.log(`  ${title}:\n${text.trimEnd().replace(/^/gm, '    ')}`);
}
