// A database as a country fills it in a few years (country.sql), and how long each answer takes that a person waits for,
// for one caller, through the API. Prints a table; ends with 1 where one of them misses its goal.
//   node tests/bench/country.mjs [--tenth | --full] [--times 20] [--keep NAME]
// Without a word of size: 200,000 requests, 5 million calls; --tenth a tenth of it, --full ten times as much. --keep fills the
// database NAME of the cluster once (GUICHET_TEST_SOCKET), migrates it by the program under test, and measures on a copy.
import { parseArgs } from 'node:util';
import { logInAs } from '../support/accounts.mjs';
import { fillCountry } from '../support/country.mjs';
import { Database, createDatabase } from '../support/database.mjs';
import { decide, draftRequest } from '../support/requests.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { processorUs } from './measure.mjs';

const { values: options } = parseArgs({
  options: {
    tenth: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    times: { type: 'string', default: '20' },
    keep: { type: 'string' },
  },
});
const REQUESTS = 200_000 * (options.full ? 10 : options.tenth ? 0.1 : 1);
const TIMES = Number(options.times);
const ANSWER_MS = 50;
const APPLICANT_REQUESTS = 5;

const database = await prepareDatabase();
const server = await startServer({ env: { GUICHET_WORKER: 'off' }, database });
let verdict = 0;
try {
  await measureAll();
} finally {
  await server.stop();
  await database.drop();
}
process.exitCode = verdict;

async function prepareDatabase() {
  if (!options.keep) {
    const made = await createDatabase();
    await fillNew(made);
    return made;
  }
  const made = await createDatabase();
  const kept = new Database(made.folder, options.keep);
  const [found] = await made.admin(`select from pg_database where datname = '${kept.name}'`);
  if (!found) {
    await made.admin(`create database ${kept.name} template guichet_template`);
    await fillNew(kept);
  } else {
    const { code, stderr } = await runProgram(['migrate'], {
      env: { GUICHET_DATABASE_URL: kept.url, GUICHET_DATABASE_OWNER_URL: kept.ownerUrl },
    });
    if (code !== 0) throw new Error(stderr);
  }
  await made.drop();
  await made.admin(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${kept.name}'`,
  );
  await made.admin(`create database ${made.name} template ${kept.name}`);
  return made;
}

async function fillNew(target) {
  const startedAt = Date.now();
  await fillCountry(target, { requests: REQUESTS });
  const [size] = await target.sql('select pg_size_pretty(pg_database_size(current_database()))');
  console.log(`filled in ${((Date.now() - startedAt) / 1000).toFixed(0)} s: ${size}`);
}

async function logIn() {
  const role = (name) =>
    logInAs(server, { siret: SIRETS.DINUM, domain: 'dinum.example', role: name });
  const people = {
    applicant: await logInAs(server),
    holder: await logInAs(server, { siret: SIRETS.PARIS }),
    instructor: await role('instructor:api-entreprise'),
    manager: await role('manager:api-entreprise'),
    support: await role('support'),
    admin: await role('admin'),
  };
  await give(
    people.applicant,
    SIRETS.CLAMART,
    `number <= ${APPLICANT_REQUESTS} * 40 and number % 40 = 3`,
  );
  await give(people.holder, SIRETS.PARIS, 'number % 100 = 50');
  await server.database.sql('analyze request; analyze token; analyze habilitation');
  return people;
}

// Lets a person be the applicant of these requests, with what hangs on them.
async function give(person, siret, which) {
  const to = `siret = '${siret}'`;
  const ids = `(select id from request where ${which})`;
  await server.database.sql(`
    update request set ${to}, applicant_id = '${person.session.account.id}' where ${which};
    update token set ${to} where request_id in ${ids};
    set session_replication_role = replica;
    update habilitation set ${to}, applicant_id = '${person.session.account.id}' where request_id in ${ids}`);
}

async function findExamples(applicant) {
  const first = async (query) => (await server.database.sql(`${query} limit 1`))[0];
  const own = `applicant_id = '${applicant.session.account.id}'`;
  return {
    request: await first(`select id from request where ${own}`),
    submitted: await first(
      `select id from request where state = 'submitted' and product = 'api-entreprise'`,
    ),
    habilitation: await first(`select id from habilitation where ${own}`),
    token: await first(
      `select t.id from token t join request r on r.id = t.request_id where ${own} and t.revoked_at is null`,
    ),
    number: await first(
      "select number from request where number % 1000 = 7 and product = 'api-entreprise' and state = 'approved'",
    ),
    siret: await first("select siret from organisation where name like 'Commune%'"),
    family: await first(`select family_name from account where email like '%@c77.example'`),
    address: await first(`select email from account where email like '%@c78.example'`),
    organisation: await first(
      `select split_part(name, ' de ', 2) from organisation where name like 'Commune%'`,
    ),
  };
}

function listAnswers(x) {
  const q = (words) => `q=${encodeURIComponent(words)}`;
  const everybody = ['applicant', 'holder', 'instructor', 'support', 'admin'];
  const seesAll = ['instructor', 'admin'];
  const lists = [
    ['/v1/requests', everybody],
    ['/v1/requests?state=submitted&sort=age', ['instructor', 'admin']],
    ['/v1/requests?state=submitted&assignee=none', ['instructor']],
    ['/v1/requests?relation=contact', ['applicant', 'instructor']],
    ['/v1/requests?relation=second_instructor', ['instructor']],
    [`/v1/requests?siret=${x.siret}`, seesAll],
    [`/v1/requests?${q(`D${x.number}`)}`, everybody],
    [`/v1/requests?${q(`H${x.number}`)}`, everybody],
    [`/v1/requests?${q(x.siret)}`, seesAll],
    [`/v1/requests?${q(x.family)}`, everybody],
    [`/v1/requests?${q(`subventions ${x.organisation}`)}`, everybody],
    [`/v1/requests?${q('introuvable')}`, everybody],
    [`/v1/requests?${q(x.address)}`, seesAll],
    ['/v1/habilitations', everybody],
    ['/v1/habilitations?state=revoked', everybody],
    ['/v1/tokens', everybody],
    ['/v1/tokens?state=active', everybody],
    ['/v1/tokens?state=revoked', everybody],
    ['/v1/tokens?state=expired', everybody],
    ['/v1/organisations', ['applicant', 'support', 'admin']],
    [`/v1/accounts?${q(x.family)}`, ['support', 'admin']],
    [`/v1/accounts?${q(x.address)}`, ['support', 'admin']],
    [`/v1/accounts?${q('introuvable')}`, ['support', 'admin']],
    ['/v1/memberships', ['support']],
    ['/v1/memberships?state=suspended', ['support']],
    ['/v1/memberships?reported=true', ['support']],
    [`/v1/memberships?${q(x.family)}`, ['support']],
    [`/v1/memberships?${q('introuvable')}`, ['support']],
    ['/v1/audit', ['manager', 'admin']],
    ['/v1/audit?action=request.transferred', ['manager', 'admin']],
    ['/v1/audit?action=request.imported', ['admin']],
  ];
  const single = [
    [`/v1/requests/${x.request}`, ['applicant']],
    [`/v1/requests/${x.submitted}`, ['instructor']],
    [`/v1/habilitations/${x.habilitation}`, ['applicant']],
    [`/v1/tokens/${x.token}`, ['applicant']],
    [`/v1/tokens/${x.token}/usage`, ['applicant']],
    ['/v1/session', everybody],
    ['/v1/statistics', ['applicant'], 20],
  ];
  return [...lists, ...single];
}

async function measureAll() {
  const people = await logIn();
  const examples = await findExamples(people.applicant);
  console.log(`\n${REQUESTS} requests, ${TIMES} times each, in ms\n`);
  console.log(
    '| answer | who | p50 | p95 | goal | met | processor |\n| --- | --- | ---: | ---: | ---: | --- | ---: |',
  );
  for (const [path, whos, goalMs = ANSWER_MS] of listAnswers(examples)) {
    for (const who of whos) {
      const before = await processorMs();
      const found = await timesOf(() => read(people[who].client, path));
      await row(path, who, found, goalMs, (await processorMs()) - before);
    }
  }
  await measureActs(people);
}

// A submission and an approval, one after the other and then sixteen approvals at once.
async function measureActs({ applicant, instructor }) {
  const found = { submission: [], approval: [] };
  const submit = async () => {
    const { id } = await draftRequest(applicant.client);
    found.submission.push(
      await timeOf(async () =>
        (await applicant.client.post(`/v1/requests/${id}/submission`)).expect(200),
      ),
    );
    return id;
  };
  for (let i = 0; i < TIMES; i += 1) {
    const id = await submit();
    const { etag } = await instructor.client.get(`/v1/requests/${id}`);
    found.approval.push(
      await timeOf(async () =>
        (await decide(instructor.client, id, 'approve', {}, { etag })).expect(201),
      ),
    );
  }
  await row('a submission', 'applicant', found.submission, 50);
  await row('an approval', 'instructor', found.approval, 100);
  const waiting = [];
  for (let i = 0; i < 16; i += 1) {
    const id = await submit();
    waiting.push({ id, etag: (await instructor.client.get(`/v1/requests/${id}`)).etag });
  }
  const together = await timeOf(() =>
    Promise.all(
      waiting.map(async ({ id, etag }) =>
        (await decide(instructor.client, id, 'approve', {}, { etag })).expect(201),
      ),
    ),
  );
  await row('sixteen approvals at once', 'instructor', [together], 500);
}

// Of the program and of PostgreSQL for it: what can be compared where the machine has other work.
async function processorMs() {
  const backends = await server.database.sql(
    `select pid from pg_stat_activity where usename = 'guichet_app' and datname = current_database()`,
  );
  const spent = await Promise.all([server.pid, ...backends].map(processorUs));
  return spent.reduce((sum, us) => sum + us, 0) / 1000;
}

// Without the check against the contract, which takes longer than the answer.
async function read({ base, cookies }, path) {
  const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
  const answer = await fetch(new URL(path, base), { headers: { cookie } });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

async function timesOf(act) {
  const found = [];
  for (let i = 0; i < TIMES; i += 1) found.push(await timeOf(act));
  return found;
}

async function timeOf(act) {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

async function row(what, who, found, goalMs, spentMs) {
  const sorted = found.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.ceil(part * sorted.length) - 1];
  const isMet = at(0.95) <= goalMs;
  if (!isMet) verdict = 1;
  const cells = [what, who, at(0.5).toFixed(1), at(0.95).toFixed(1), goalMs, isMet ? 'yes' : 'no'];
  cells.push(spentMs === undefined ? '' : (spentMs / found.length).toFixed(1));
  console.log(`| ${cells.join(' | ')} |`);
}
