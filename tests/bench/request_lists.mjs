// How long the lists of requests and habilitations take with ten thousand of each, through the API.
//   node tests/bench/request_lists.mjs [times each list is read, 50]
import { logInAs } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const LIMIT_MS = 50;
const times = Number(process.argv[2] ?? 50);

// Ten thousand submitted requests of three hundred organisations, with a message on every third.
const FILL = `
insert into organisation (siret, name, state, legal_category)
select lpad((90000000000000 + i)::text, 14, '0'), 'Commune ' || i, 'open', '7210' from generate_series(1, 300) i;
insert into account (email, email_key, given_name, family_name, state)
select 'p' || i || '@c' || i || '.example', 'p' || i || '@c' || i || '.example', 'Prénom', 'Nom' || i, 'active'
from generate_series(1, 300) i;
insert into membership (account_id, siret, state)
select a.id, lpad((90000000000000 + row_number() over (order by a.id))::text, 14, '0'), 'active'
from account a where a.email like 'p%@c%.example';
insert into request (product, use_case, form_version, siret, applicant_id, fields)
select 'api-entreprise', 'marches-publics', '2026-11', m.siret, m.account_id,
       jsonb_build_object('title', 'Démarche numéro ' || i, 'description', repeat('texte ', 200),
                          'scopes', '["chiffre_affaires_dgfip"]'::jsonb, 'contacts', jsonb_build_object(
                          'technical', jsonb_build_object('email', 't' || i || '@x.example', 'family_name', 'Durand')))
from generate_series(1, 10000) i
join (select *, row_number() over (order by siret) as place from membership where siret like '9%') m
  on m.place = 1 + i % 300;
update request set state = 'submitted', last_event = 'submit', submitted_at = now() - random() * interval '90 days',
       first_submitted_at = now() - interval '90 days', updated_at = now() - random() * interval '90 days';
insert into message (request_id, author_id, as_staff, body)
select id, applicant_id, false, 'x' from request where number % 3 = 0;
analyze;`;

// Every request is approved; its habilitation is the snapshot.
const approveAll = (decider) => `
insert into decision (request_id, outcome, granted_scopes, decided_by, request_version, submitted_at)
select id, 'approve', array['chiffre_affaires_dgfip'], '${decider}', version, submitted_at from request;
insert into habilitation (request_id, decision_id, product, use_case, form_version, siret, applicant_id,
                          scopes, snapshot, confirmation_code)
select r.id, d.id, r.product, r.use_case, r.form_version, r.siret, r.applicant_id, d.granted_scopes,
       jsonb_build_object('fields', r.fields, 'number', r.number, 'organisation', organisation_summary(r.siret),
                          'applicant', person_json(r.applicant_id)), 'BENCH-' || r.number
from request r join decision d on d.request_id = r.id;
update request r set state = 'approved', last_event = 'approve', habilitation_id = h.id, decided_at = now()
from habilitation h where h.request_id = r.id;
analyze;`;

const REQUESTS = [
  ['the queue, last changed first', 'instructor', '/v1/requests?limit=20'],
  ['the queue, longest waiting first', 'instructor', '/v1/requests?state=submitted&sort=age'],
  ['a hundred of it', 'instructor', '/v1/requests?limit=100'],
  ['search for two words', 'instructor', '/v1/requests?q=demarche%20777'],
  ['search that finds nothing', 'instructor', '/v1/requests?q=introuvable'],
  ['not assigned', 'instructor', '/v1/requests?assignee=none&sort=age'],
  ['of one organisation', 'instructor', `/v1/requests?siret=${SIRETS.CLAMART}`],
  ["an applicant's own", 'applicant', '/v1/requests'],
];
const HABILITATIONS = [
  ['habilitations', 'instructor', '/v1/habilitations'],
  ['habilitations in force', 'instructor', '/v1/habilitations?state=active'],
  ['habilitations withdrawn (none)', 'instructor', '/v1/habilitations?state=revoked'],
  ["an applicant's habilitations", 'applicant', '/v1/habilitations'],
];

const server = await startServer({ env: { GUICHET_WORKER: 'off' } });
let verdict = 0;
try {
  const instructor = await logInAs(server, {
    siret: SIRETS.DINUM,
    role: 'instructor:api-entreprise',
  });
  const applicant = await logInAs(server);
  await server.database.sql(FILL);
  await server.database.sql(
    `update request set applicant_id = '${applicant.session.account.id}', siret = '${SIRETS.CLAMART}' where number % 300 = 0`,
  );
  const clients = { instructor: instructor.client, applicant: applicant.client };
  for (const list of REQUESTS) await measure(clients, list);
  await server.database.sql(approveAll(instructor.session.account.id));
  for (const list of HABILITATIONS) await measure(clients, list);
} finally {
  await server.stop();
}
process.exitCode = verdict;

async function measure(clients, [what, who, path]) {
  const found = [];
  for (let i = 0; i < times; i += 1) {
    const start = performance.now();
    // Without the check against the contract, which takes longer than the answer.
    const { base, cookies } = clients[who];
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(new URL(path, base), { headers: { cookie } });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
    await answer.arrayBuffer();
    found.push(performance.now() - start);
  }
  const sorted = found.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))].toFixed(1);
  console.log(`${what.padEnd(34)} p50 ${at(0.5).padStart(6)} ms   p95 ${at(0.95).padStart(6)} ms`);
  if (Number(at(0.5)) > LIMIT_MS) verdict = 1;
}
