import { startScript, measure, endAll } from './scripts/bench/processes.mjs';
import { mkdtempSync } from 'node:fs';
import { startPostern } from './scripts/bench/contenders.mjs';
const which = process.argv[2];
const dir = mkdtempSync('/var/tmp/prof-');
process.env.PROFDIR=dir; const real=process.execPath;
const product = await startScript('rest','./upstream.mjs'); const load = await startScript('rest','./load.mjs');
const origin=`http://127.0.0.1:${product.port}`;
let party;
process.execPath='/var/tmp/perf/zz-shim.sh';
if (which==='postern') party = await startPostern(origin, mkdtempSync('/var/tmp/pd-'), {ruleCount: 20});
else { const {child,port}=await startScript('measured','./bare-proxy.mjs',[origin]); party={child,port,authorization:null,pid:child.pid}; }
process.execPath=real;
const head=`GET /jira/rest/api/2/issue/KANBAN-100/small HTTP/1.1\r\nHost: jira.example.com\r\nUser-Agent: bench/1.0\r\nAccept: application/json\r\n${party.authorization?`Authorization: ${party.authorization}\r\n`:''}\r\n`;
await measure(load,{port:party.port,connections:32,seconds:5,head});
const r=await measure(load,{port:party.port,connections:32,seconds:Number(process.argv[3]??8),head});
console.log(r.requests/r.seconds, dir);
party.child.kill(which==='postern'?'SIGTERM':'SIGINT'); await new Promise(r=>setTimeout(r,3000));
await endAll(); process.exit(0);
