// A gateway as one writes it with Fastify: argument 1 the port, 2 the upstream, 3 the public key.
import { readFileSync } from 'node:fs';
import jwt from '@fastify/jwt';
import Fastify from 'fastify';
import { Pool } from 'undici';

const [port, upstream, keyFile] = process.argv.slice(2);
const WINDOW_MS = 60_000;
const LIMIT = 100_000_000;

const app = Fastify();
const pool = new Pool(upstream, { connections: 64 });
const verified = new Map();
const windows = new Map();

await app.register(jwt, {
  secret: { public: readFileSync(keyFile, 'utf8') },
  verify: { algorithms: ['ES256'], cache: false },
});

function check(authorization) {
  const token = authorization?.startsWith('Bearer ') ? authorization.slice(7) : '';
  const now = Date.now();
  let known = verified.get(token);
  if (!known || known.until < now) {
    known = { claims: app.jwt.verify(token), until: now + WINDOW_MS };
    verified.set(token, known);
  }
  return known.claims;
}

function isLimited(id) {
  const now = Date.now();
  let window = windows.get(id);
  if (!window || window.until < now)
    windows.set(id, (window = { until: now + WINDOW_MS, calls: 0 }));
  return ++window.calls > LIMIT;
}

app.get('/gateway/*', async (request, reply) => {
  let claims;
  try {
    claims = check(request.headers.authorization);
  } catch {
    return reply.code(401).send({ errors: [{ code: '00101' }] });
  }
  if (isLimited(claims.jti)) return reply.code(429).send({ errors: [{ code: '00429' }] });
  const answer = await pool.request({ method: 'GET', path: request.raw.url });
  reply.code(answer.statusCode).type(answer.headers['content-type']);
  return reply.send(answer.body);
});

await app.listen({ host: '127.0.0.1', port: Number(port) });
