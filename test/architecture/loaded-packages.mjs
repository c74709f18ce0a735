// Imports the modules named on the command line and prints which packages that loaded, as a JSON list.
// CommonJS packages (express and typeorm are) stand in the require cache however they were reached; ES modules are seen by the resolve hook.
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';

const { port1, port2 } = new MessageChannel();
const hook = `
  let port;
  export function initialize(given) { port = given; }
  export async function resolve(specifier, context, next) {
    const resolved = await next(specifier, context);
    port.postMessage(resolved.url);
    return resolved;
  }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`, { data: port2, transferList: [port2] });

for (const path of process.argv.slice(2)) await import(path.startsWith('.') ? pathToFileURL(path).href : path);

const places = Object.keys(createRequire(import.meta.url).cache);
for (let message = receiveMessageOnPort(port1); message !== undefined; message = receiveMessageOnPort(port1)) places.push(message.message);
const packages = places.flatMap((place) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(place.replaceAll('\\', '/'))?.[1] ?? []);
process.stdout.write(JSON.stringify([...new Set(packages)].sort()));
process.exit(0);
