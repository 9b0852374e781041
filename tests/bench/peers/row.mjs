// One row behind a token, as one writes it with Fastify and pg: argument 1 the port, 2 the database, 3 the
// public key. The token is verified once a minute, the row read at each call.
import { readFileSync } from 'node:fs';
import jwt from '@fastify/jwt';
import Fastify from 'fastify';
import pg from 'pg';

const [port, database, keyFile] = process.argv.slice(2);
const WINDOW_MS = 60_000;

const app = Fastify();
const pool = new pg.Pool({ connectionString: database, max: 6 });
const verified = new Map();

await app.register(jwt, {
  secret: { public: readFileSync(keyFile, 'utf8') },
  verify: { algorithms: ['ES256'], cache: false },
});

app.get('/v1/tokens/:id', async (request, reply) => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
  const known = verified.get(token);
  if (!known || known < Date.now()) {
    try {
      app.jwt.verify(token);
    } catch {
      return reply.code(401).send({ title: 'unauthenticated' });
    }
    verified.set(token, Date.now() + WINDOW_MS);
  }
  const { rows } = await pool.query({
    name: 'token',
    text: 'select t.*, o.name as organisation_name from token t join organisation o using (siret) where t.id = $1',
    values: [request.params.id],
  });
  return rows.length === 1 ? rows[0] : reply.code(404).send({ title: 'not found' });
});

await app.listen({ host: '127.0.0.1', port: Number(port) });
