// What is asked of them. Each case is one kind of request at one number of connections.
import { startPostern } from './contenders.mjs';

const PATH = '/jira/rest/api/2/issue/KANBAN-100';

function head(method, path, { authorization }, extra = '') {
  const login = authorization === null ? '' : `Authorization: ${authorization}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: jira.example.com\r\nUser-Agent: bench/1.0\r\nAccept: application/json\r\n${login}${extra}\r\n`;
}

const small = (party) => head('GET', `${PATH}/small`, party);
const large = (party) => head('GET', `${PATH}/large`, party);
const MEGABYTE = 1_048_576;
const upload = (party) =>
  head('POST', `${PATH}/upload`, party, `Content-Type: application/octet-stream\r\nContent-Length: ${MEGABYTE}\r\n`);
const denied = (party) => head('GET', '/jira/rest/api/2/serverInfo', party);

const isNotPower = (name) => !name.includes('power');
const posternWith = (options) => (origin, folder) => startPostern(origin, folder, options);

export const CASES = [
  { name: 'small answers, 32 connections', connections: 32, head: small, contenders: isNotPower },
  { name: 'small answers, 1 connection', connections: 1, head: small },
  { name: 'small answers, 256 connections', connections: 256, head: small, contenders: (name) => /Postern|bare/.test(name) },
  { name: 'small answers, 512 connections', connections: 512, head: small, contenders: isNotPower },
  { name: 'answers of 100 KB, 32 connections', connections: 32, head: large, contenders: isNotPower },
  { name: 'uploads of 1 MB, 32 connections', connections: 32, head: upload, bodyBytes: MEGABYTE, contenders: isNotPower },
  {
    name: 'denied requests, 32 connections',
    connections: 32,
    head: denied,
    status: 403,
    variants: { 'Postern, outside its limits': posternWith({}) },
  },
  {
    name: 'cost of the trail, 32 connections',
    connections: 32,
    head: small,
    variants: { 'Postern without a trail': posternWith({ main: 'scripts/bench/without-trail.mjs' }), Postern: posternWith({}) },
    isTimedAtHalfLoad: true,
  },
  {
    name: 'rules of the token, 32 connections',
    connections: 32,
    head: small,
    variants: Object.fromEntries([1, 20, 200].map((ruleCount) => [`${ruleCount} rules`, posternWith({ ruleCount })])),
  },
];
