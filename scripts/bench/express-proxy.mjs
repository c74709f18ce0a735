// A peer, and what most people would write first: Express, Passport with one bearer token, http-proxy.
import { Agent } from 'node:http';
import express from 'express';
import httpProxy from 'http-proxy';
import passport from 'passport';
import { Strategy } from 'passport-http-bearer';

const [, , upstream, key] = process.argv;
passport.use(new Strategy((token, done) => done(null, token === key ? { name: 'alice' } : false)));
const proxy = httpProxy.createProxyServer({ target: upstream, agent: new Agent({ keepAlive: true, maxSockets: 512 }) });
proxy.on('error', (_error, _request, response) => response.destroy());
const app = express().disable('x-powered-by');
app.use(passport.authenticate('bearer', { session: false }));
app.use((request, response) => proxy.web(request, response));
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
server.keepAliveTimeout = 120_000;
