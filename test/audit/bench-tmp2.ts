import { createTrail } from '../../src/audit/trail.js';
import { systemClock, systemRandom, silentLogger, uuidSource } from '../../src/core/index.js';
import { rmSync } from 'node:fs';
const folder = '/tmp/audit-bench/data2'; rmSync(folder,{recursive:true,force:true});
let groups=0;
const trail = await createTrail({folder, clock: systemClock, random: systemRandom, durability: 'process', logger: silentLogger, onDurable:(b,p)=>{groups++;}});
const nextId = uuidSource(systemClock, systemRandom);
const principal={userId:1,userKeys:{jira:'JIRAUSER10100',confluence:'x'},username:'charlie',displayName:'C',emailAddress:'c@x',accountId:'a',isAdministrator:false,isActive:true};
const grant={tokenRef:'0192f3c4-aaaa-7bbb-8ccc',system:'com.example.extender',validUntil:null,limits:[],isAnyone:false};
const identity={kind:'authenticated',principal,grant,scheme:'basic',credentialDigest:'5f2b9323b1f7a3c2e3a1d9e3b1c9a0f55f2b9323b1f7a3c2e3a1d9e3b1c9a0f5'} as const;
const decision={effect:'permit',rule:'[get]/jira/rest/api/2/issue/KANBAN-.*',statement:'default',obligations:[]} as const;
const marks={inProductLog:true,inUsageDetails:true};
async function run(total:number,conc:number,label:string){
 groups=0;const c0=process.cpuUsage(),t0=performance.now();let left=total;
 async function worker(){while(left-->0){const id=nextId();
  const request={id,requestId:id,method:'GET',path:'/jira/rest/api/2/issue/KANBAN-100/comment',query:'expand=names&fields=summary',product:'jira',contextPath:'/jira',peer:'127.0.0.1',clientAddress:'10.1.2.3',userAgent:'Mozilla/5.0 (X11; Linux x86_64) bench',receivedAt:Date.now()} as any;
  const e=await trail.open(request,identity as any,decision as any,marks);e.close({kind:'forwarded',status:200,code:null,bytesIn:0,bytesOut:2});}}
 await Promise.all(Array.from({length:conc},worker));
 const c=process.cpuUsage(c0);console.log(label,'conc',conc,'cpu us/req',((c.user+c.system)/total).toFixed(2),'user',(c.user/total).toFixed(2),'wall us/req',((performance.now()-t0)*1000/total).toFixed(2),'req/group',(total/groups).toFixed(1));
}
for(const c of [1,8,32,256])await run(c===1?20000:100000,c,'');
for(const c of [1,8,32,256])await run(c===1?20000:100000,c,'warm');
await trail.close();
