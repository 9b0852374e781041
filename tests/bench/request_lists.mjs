// How long the lists of requests, habilitations and tokens take with ten thousand of each, through the API.
//   node tests/bench/request_lists.mjs [times each list is read, 20]
import { logInAs } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const LIMIT_MS = 50;
const times = Number(process.argv[2] ?? 20);

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
update request set state = 'refused', last_event = 'refuse' where number in (1001, 5005, 9009);
update request set state = 'archived', last_event = 'archive' where number = 1001;
insert into message (request_id, author_id, as_staff, body)
select id, applicant_id, false, 'x' from request where number % 3 = 0;
analyze;`;

// Every request is approved; its habilitation is the snapshot, with its token. Three of them are withdrawn,
// three have an earlier one.
const approveAll = (decider) => `
insert into decision (request_id, outcome, granted_scopes, decided_by, request_version, submitted_at)
select id, 'approve', array['chiffre_affaires_dgfip'], '${decider}', version, submitted_at
from request where state = 'submitted';
insert into decision (request_id, outcome, granted_scopes, decided_by, request_version, submitted_at)
select id, 'approve', array['chiffre_affaires_dgfip'], '${decider}', version, submitted_at
from request where number in (2000, 5000, 8000);
insert into habilitation (request_id, decision_id, product, use_case, form_version, siret, applicant_id,
                          scopes, snapshot, confirmation_code)
select r.id, d.id, r.product, r.use_case, r.form_version, r.siret, r.applicant_id, d.granted_scopes,
       jsonb_build_object('fields', r.fields, 'number', r.number, 'organisation', organisation_summary(r.siret),
                          'applicant', person_json(r.applicant_id)), 'BENCH-' || d.id
from request r join decision d on d.request_id = r.id;
update request r set state = 'approved', last_event = 'approve', habilitation_id = h.id, decided_at = now()
from (select distinct on (request_id) id, request_id from habilitation order by request_id, number desc) h
where h.request_id = r.id;
insert into token (request_id, habilitation_id, subject_id, product, siret, scopes, kid, issued_at, sealed_jwt,
                   expires_at, revoked_at)
select r.id, h.id, h.id, r.product, r.siret, h.scopes, (select kid from signing_key limit 1), 0, '',
       now() + interval '1 year', case when r.number in (1000, 4000, 7000) then now() end
from request r join habilitation h on h.id = r.habilitation_id;
update request set state = 'revoked', last_event = 'revoke' where number in (1000, 4000, 7000);
analyze;`;

// A state that is rare, one that none has, filters that leave a few or none, each for everybody who may ask.
const STATES_OF_REQUESTS = [
  'submitted',
  'approved',
  'refused',
  'archived',
  'draft,changes_requested',
];
const NARROWED = {
  '': 'all',
  'product=api-particulier': 'of a product without any',
  [`siret=${SIRETS.CLAMART}`]: 'of one organisation',
  [`siret=${SIRETS.PARIS}`]: 'of one without any',
};
const REQUESTS = combine('/v1/requests', ['', ...STATES_OF_REQUESTS.map((s) => `state=${s}`)], {
  ...NARROWED,
  'sort=age': 'longest waiting first',
  'limit=100': 'a hundred',
  'use_case=demande-libre': 'of a use case without any',
  'assignee=none': 'not assigned',
  'assignee=me': 'assigned to me (none)',
  'relation=contact': 'as contact (none)',
  'q=demarche%20777': 'search for two words',
  'q=introuvable': 'search that finds nothing',
  'q=introuvable&sort=age': 'the same, longest waiting first',
});
const HABILITATIONS = combine(
  '/v1/habilitations',
  ['', 'state=active', 'state=superseded', 'state=revoked'],
  { ...NARROWED, 'limit=100': 'a hundred' },
);
const TOKENS = combine('/v1/tokens', ['', 'state=active', 'state=expired', 'state=revoked'], {
  ...NARROWED,
  'limit=100': 'a hundred',
});

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
  const admin = await logInAs(server, { siret: SIRETS.DINUM, role: 'admin' });
  const clients = { instructor, applicant, admin };
  console.log(
    `p50 of ${times} each, in ms\n${'list'.padEnd(66)}${Object.keys(clients).join('  ')}`,
  );
  for (const list of REQUESTS) await measure(clients, list);
  await server.database.sql(approveAll(instructor.session.account.id));
  for (const list of [...HABILITATIONS, ...TOKENS]) await measure(clients, list);
} finally {
  await server.stop();
}
process.exitCode = verdict;

function combine(path, states, filters) {
  return states.flatMap((state) =>
    Object.entries(filters).map(([filter, what]) => ({
      what: `${path.split('/').at(-1)} ${state} ${what}`,
      path: `${path}?${[state, filter].filter(Boolean).join('&')}`,
    })),
  );
}

async function measure(clients, { what, path }) {
  const found = [];
  for (const { client } of Object.values(clients)) found.push(await median(client, path));
  console.log(what.padEnd(62), ...found.map((ms) => ms.toFixed(1).padStart(9)));
  if (Math.max(...found) > LIMIT_MS) verdict = 1;
}

async function median({ base, cookies }, path) {
  // Without the check against the contract, which takes longer than the answer.
  const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
  const found = [];
  for (let i = 0; i < times; i += 1) {
    const start = performance.now();
    const answer = await fetch(new URL(path, base), { headers: { cookie } });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
    await answer.arrayBuffer();
    found.push(performance.now() - start);
  }
  return found.toSorted((a, b) => a - b)[Math.floor(times / 2)];
}
