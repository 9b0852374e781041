// Who may do what: every cell of api/security/ACCESS.md, each operation by each kind of actor. What was done is
// done on an object of its own; what was refused left no trace. `node tests/contract/access_matrix.test.mjs --write`
// (in script/with-database) writes the table as the program is: read what changed before you keep it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { ACTORS, Cast, PROGRAMS } from './access/actors.mjs';
import { readMatrix, writeMatrix } from './access/matrix.mjs';
import { Objects } from './access/objects.mjs';
import { SENT } from './access/operations.mjs';
import { operations } from '../support/openapi.mjs';
import { PROGRAM, startServer } from '../support/server.mjs';

const WRITE = process.argv.includes('--write');
const SAFE = new Set(['GET', 'HEAD']);
const NAMES = ACTORS.map(([name]) => name);

const scopeOf = new Map(
  execFileSync(PROGRAM, ['print-routes'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map((route) => [`${route.method} ${route.path.replace('...}', '}')}`, route.client_scope]),
);
const byId = new Map(operations().map((entry) => [entry.operation.operationId, entry]));

let server;
let cast;
let dataToken;
/** Objects to which nothing has happened, by owner and kind. */
const kept = new Map();

before(async () => {
  server = await startServer({ env: { GUICHET_WEBHOOK_LOOPBACK: 'on' } });
  const known = [...new Set([...scopeOf.values()].flatMap((one) => one?.split(' ') ?? []))].sort();
  cast = await new Cast(server).start(known);
  const { id } = await objectsOf('appl').token();
  const revealed = await cast.person('appl').client.post(`/v1/tokens/${id}/reveal`);
  dataToken = revealed.expect(200).body.token;
});
after(() => server.stop());

/** The applicant who left has a request of their own. */
const ownerOf = (name) => cast.person(name === 'gone' ? 'gone' : 'appl');
const objectsOf = (name) => new Objects(cast, ownerOf(name));

async function objectFor(name, kind) {
  const key = `${name === 'gone'} ${kind}`;
  if (!kept.has(key)) kept.set(key, await objectsOf(name)[kind]());
  return { key, named: kept.get(key) };
}

/** Who sends, and what they show: a client and the options of its requests. */
async function senderOf(name, { own = false, basic = false }, scope) {
  if (name === 'anon') return { client: server.client(), options: {} };
  if (name === 'data') return { client: server.client(), options: { bearer: dataToken } };
  if (!PROGRAMS.has(name)) {
    const person = own ? await cast.make(name) : cast.person(name);
    return { ...person, options: {} };
  }
  const { client, client_secret: secret } = cast.program(name);
  const shown = Buffer.from(`${client.id}:${secret}`).toString('base64');
  const options = basic
    ? { headers: { authorization: `Basic ${shown}` } }
    : { bearer: await cast.accessToken(name, scope) };
  return { client: server.client(), options };
}

/** The ETag as somebody reads it who may. */
async function etagOf(path, readers) {
  for (const { client } of readers) {
    const { etag } = await client.get(path);
    if (etag) return etag;
  }
  return '"1"'; // what cannot be read alone is new
}

async function countTraces() {
  const [count] = await server.database.sql(
    "select count(*) from audit where actor_kind <> 'system'",
  );
  return Number(count);
}

/** "200+" where a list has the object, "200-" where it has not. */
function shownBy({ status, body }, { lists }, named) {
  if (!lists || status !== 200) return String(status);
  const isThere = body.items.some((item) => JSON.stringify(item).includes(`"${named[lists]}"`));
  return `${status}${isThere ? '+' : '-'}`;
}

async function ask(name, { operation, object }) {
  const { method, path: template } = byId.get(operation);
  const sent = SENT[operation] ?? {};
  const { key, named } = await objectFor(name, object);
  const sender = await senderOf(name, sent, scopeOf.get(`${method} ${template}`) ?? null);
  if (sender.options.bearer === null) return 'none'; // may not have the scope at all
  const path = template.replace(/\{(\w+)\}/g, (_, member) => named[member] ?? 'inconnu');
  const owner = ownerOf(name);
  const read = typeof sent.match === 'function' ? sent.match(path) : path;
  const etag = sent.match && (await etagOf(read, [sender, owner, cast.person('mana')]));
  const world = { colleague: cast.person('coll').email, password: sender.password };
  const body = sent.body?.(named, world);
  const before = await countTraces();
  if (name === 'gone') await cast.setMembership(owner, 'refused');
  const answer = await sender.client.request(
    method,
    sent.query ? `${path}?${sent.query}` : path,
    body,
    { ...sender.options, etag },
  );
  if (name === 'gone') await cast.setMembership(owner, 'active');
  if (answer.status < 300 && !SAFE.has(method)) kept.delete(key);
  if (answer.status >= 300) {
    assert.equal(await countTraces(), before, `${name}: ${answer.status} left a trace`);
  }
  return shownBy(answer, sent, named);
}

const rows = readMatrix();
for (const row of rows) {
  test(`${row.operation} of ${row.object}`, async () => {
    const found = {};
    for (const name of NAMES) found[name] = await ask(name, row);
    if (WRITE) row.cells = found;
    else assert.deepEqual(found, row.cells);
  });
}
if (WRITE) after(() => writeMatrix(rows));
