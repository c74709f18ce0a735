// What is asked of them. Each case is one kind of request at one number of connections.
import { startPostern, startTwoPosterns } from './contenders.mjs';
import { measureDevice } from './device.mjs';
import { lookUpUs } from './look-up.mjs';
import { cachedWith, ONE_PROCESS, shown, TOKEN_COUNTS, TWO_PROCESSES, uncachedWith } from './names.mjs';
import { withTokens } from './token-worlds.mjs';

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
/** The load puts the login of the next line of a file in its place. */
const inTurn = () => small({ authorization: '%LOGIN%' });
const denied = (party) => head('GET', '/jira/rest/api/2/serverInfo', party);

const isNotPower = (name) => !name.includes('power');
const posternWith = (options) => (origin, folder) => startPostern(origin, folder, options);

const partyOf = (parties, name) => parties.find((party) => party.name === name);

/** `isForGoals`: some goal of GW-62 is held against it. */
export const CASES = [
  { name: 'small answers, 32 connections', connections: 32, head: small, contenders: isNotPower, isForGoals: true },
  {
    name: 'small answers, 1 connection',
    connections: 1,
    head: small,
    isForGoals: true,
    beside: (parties) => {
      const power = partyOf(parties, 'Postern, durability power');
      return power === undefined ? null : { device: measureDevice(power.folder) };
    },
  },
  {
    name: 'small answers, 256 connections',
    connections: 256,
    head: small,
    contenders: (name) => /Postern|bare/.test(name),
    isForGoals: true,
  },
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
  {
    name: 'a second process, 32 connections',
    connections: 32,
    head: small,
    variants: { [ONE_PROCESS]: posternWith({}), [TWO_PROCESSES]: startTwoPosterns },
    isForGoals: true,
  },
  {
    name: 'tokens in the database, 32 connections',
    connections: 32,
    head: inTurn,
    variants: {
      ...Object.fromEntries(TOKEN_COUNTS.map((count) => [cachedWith(count), withTokens(count, 'cached')])),
      ...Object.fromEntries(TOKEN_COUNTS.map((count) => [uncachedWith(count), withTokens(count, 'uncached')])),
    },
    isForGoals: true,
    beside: (parties) => ({
      lookUpUs: Object.fromEntries(TOKEN_COUNTS.map((count) => [count, lookUpUs(partyOf(parties, cachedWith(count)).folder)])),
    }),
  },
  {
    name: 'every token in turn, 32 connections',
    connections: 32,
    head: inTurn,
    variants: {
      '10 tokens, remembered': withTokens(10, 'cached'),
      ...Object.fromEntries(TOKEN_COUNTS.slice(1).map((count) => [`${shown(count)} tokens in turn`, withTokens(count, 'in-turn')])),
    },
  },
];
