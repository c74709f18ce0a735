// Starts the judge: Debian's Tomcat 10 on a private folder and a port of its own.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const TOMCAT = '/usr/share/java/tomcat10-embed-core.jar';
const SOURCE = fileURLToPath(new URL('Judge.java', import.meta.url));

/** What is missing to run the judge, in words for a person; null: nothing. */
export function whatIsMissing() {
  const missing = [];
  if (!existsSync(TOMCAT)) missing.push('libtomcat10-embed-java');
  // Java runs the judge from its source, which takes the compiler.
  if (spawnSync('javac', ['-version']).status !== 0) missing.push('default-jdk-headless');
  if (missing.length === 0) return null;
  return `The judge of the fuzzer is Debian's Tomcat 10, and it is not here. Next: apt-get install --no-install-recommends ${missing.join(' ')}`;
}

/** Resolves when it listens; `onServed` is called with each request that it serves. */
export function startJudge(folder, onServed) {
  const child = spawn('java', ['-XX:+UseSerialGC', '-Xmx256m', '-cp', TOMCAT, SOURCE, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    void ended.then((code) => reject(new Error(`the judge ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const told = JSON.parse(line);
      if (told.listening === undefined) return onServed(told);
      resolve({
        origin: `http://127.0.0.1:${told.listening}`,
        async close() {
          child.kill('SIGKILL');
          await ended;
        },
      });
    });
  });
}
