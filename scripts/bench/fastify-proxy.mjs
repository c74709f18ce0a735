// A peer: Fastify's own proxy behind its own bearer authentication, with one key.
import bearerAuth from '@fastify/bearer-auth';
import httpProxy from '@fastify/http-proxy';
import fastify from 'fastify';

const [, , upstream, key] = process.argv;
const app = fastify({ logger: false, keepAliveTimeout: 120_000 });
await app.register(bearerAuth, { keys: new Set([key]) });
await app.register(httpProxy, { upstream, undici: { connections: 512, pipelining: 1 } });
await app.listen({ port: 0, host: '127.0.0.1' });
process.send({ port: app.server.address().port });
