// How PostgreSQL finds what a person waits for, among more than ten thousand rows of everything: by which index, and never by
// reading ten thousand rows. Each statement as the program runs it, prepared and run often enough for a generic plan; the plans
// of the functions that it calls are looked at as well.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { fillCountry } from '../support/country.mjs';
import { createDatabase } from '../support/database.mjs';

const ROWS_MAX = 10_000;
const RUNS = 7; /* PostgreSQL thinks of a generic plan from the sixth on */
const SIZE = { requests: 14_000, organisations: 11_000, accounts: 12_000, calls: 1000 };

let database;
/** @type {import('pg').Client} */
let client;
/** @type {object[]} plans of the statements that ended since the list was emptied */
let plans = [];
/** People and things of the database. */
let known;

before(async () => {
  database = await createDatabase();
  await fillCountry(database, SIZE);
  known = await prepare();
  client = new pg.Client({ connectionString: database.ownerUrl });
  client.on('notice', ({ message }) => {
    const plan = /plan:\s*(\{[\s\S]*\})\s*$/.exec(message);
    if (plan) plans.push(JSON.parse(plan[1]));
  });
  await client.connect();
  await client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_analyze = on;
    set auto_explain.log_timing = off; set auto_explain.log_nested_statements = on; set auto_explain.log_format = json;
    set client_min_messages = log; set jit = off; set role guichet_app`);
});
after(async () => {
  await client?.end();
  await database.drop();
});

async function prepare() {
  await database.sql(`
    update token set expires_at = now() - interval '1 day' where id in (select id from token where revoked_at is null limit 5);
    update staff_role set role = role where false;
    insert into staff_role (account_id, role, product)
      select id, 'manager', 'api-entreprise' from account where email like '%@c41.example' order by email limit 1;
    insert into staff_role (account_id, role) select id, 'admin' from account where email like '%@c42.example' order by email limit 1;
    analyze`);
  const [row] = await database.rows(`select
    (select id from account where email like '%@c41.example' order by email limit 1) as manager,
    (select id from account where email like '%@c42.example' order by email limit 1) as admin,
    (select a.id from account a where (select count(*) from request r where r.applicant_id = a.id) = 2 limit 1) as applicant,
    (select family_name from account where email like '%@c43.example' limit 1) as family,
    (select id from request where state = 'submitted' and product = 'api-entreprise' limit 1) as submitted,
    (select id from token limit 1) as token`);
  return row;
}

/** Runs a statement of sql/queries as this person, and returns all nodes of the plans of its last run. */
async function nodesOf(path, values, { account = '', isSystem = false } = {}) {
  const text = await readFile(new URL(`../../sql/queries/${path}.sql`, import.meta.url), 'utf8');
  await client.query('begin');
  try {
    await client.query(
      `select set_config('app.account_id', $1, true), set_config('app.is_system', $2, true)`,
      [account, isSystem ? 'on' : 'off'],
    );
    for (let run = 0; run < RUNS; run += 1) {
      plans = [];
      await client.query({ name: path, text, values });
    }
  } finally {
    await client.query('rollback');
  }
  return plans.flatMap((plan) => walk(plan.Plan));
}

const walk = (node) => [node, ...(node.Plans ?? []).flatMap(walk)];

/** Finds what it looks for by these indexes, and reads at most ten thousand rows in no step. */
async function finds(path, values, identity, ...indexes) {
  const nodes = await nodesOf(path, values, identity);
  const used = new Set(nodes.map((node) => node['Index Name']).filter(Boolean));
  for (const index of indexes) assert.ok(used.has(index), `${path}: ${index} not in ${[...used]}`);
  const long = nodes
    .filter(
      (node) =>
        (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'] >
        ROWS_MAX,
    )
    .map(
      (node) => `${node['Node Type']} ${node['Relation Name'] ?? ''} ${node['Index Name'] ?? ''}`,
    );
  assert.deepEqual(long, [], path);
}

// account, states, product, use case, siret, words, assignee, relation, names, limit, after, after id, by age
const listed = (account, { words = null, relation = null, byAge = false } = {}) => [
  account,
  null,
  null,
  null,
  null,
  words,
  null,
  relation,
  '{}',
  20,
  null,
  null,
  byAge,
];

test('requests_of_an_applicant', () =>
  finds(
    'request/request_list',
    listed(known.applicant),
    { account: known.applicant },
    'request_applicant_idx',
    'request_pk',
  ));

test('requests_that_name_a_contact', () =>
  finds(
    'request/request_list',
    listed(known.applicant, { relation: 'contact' }),
    { account: known.applicant },
    'request_contact_emails_idx',
  ));

test('requests_of_a_product_in_their_order', async () => {
  const identity = { account: known.manager };
  await finds('request/request_list', listed(known.manager), identity, 'request_updated_at_idx');
  await finds(
    'request/request_list',
    listed(known.manager, { byAge: true }),
    identity,
    'request_age_idx',
  );
});

test('requests_by_words_and_by_number', async () => {
  const identity = { account: known.admin };
  await finds(
    'request/request_list',
    listed(known.admin, { words: 'introuvable' }),
    identity,
    'request_search_trgm_idx',
  );
  await finds(
    'request/request_list',
    listed(known.admin, { words: 'D77' }),
    identity,
    'request_number_uq',
  );
});

test('habilitations_of_an_applicant_and_of_nobody', async () => {
  const asked = (account) => [account, null, null, null, null, 20, null, null];
  await finds(
    'habilitation/habilitation_list',
    asked(known.applicant),
    { account: known.applicant },
    'request_applicant_idx',
  );
  await finds(
    'habilitation/habilitation_list',
    asked(known.admin),
    { account: known.admin },
    'habilitation_approved_at_idx',
  );
});

test('tokens_that_are_over', async () => {
  const asked = (state) => [known.admin, state, null, null, null, 20, null, null];
  await finds('token/token_list', asked('expired'), { account: known.admin }, 'token_ending_idx');
  await finds('token/token_list', asked('revoked'), { account: known.admin });
});

test('accounts_by_words', () =>
  finds(
    'account/account_search',
    ['introuvable', 20, null, null],
    { account: known.admin },
    'account_words_trgm_idx',
  ));

test('memberships_in_their_order_of_a_state_and_by_words', async () => {
  const asked = (state, words) => [state, null, null, words, 20, null, null, '{orange.fr}', null];
  const list = (values, index) =>
    finds('organisation/membership_list_cases', values, { account: known.admin }, index);
  await list(asked(null, null), 'membership_created_at_idx');
  await list(asked('suspended', null), 'membership_state_idx');
  await list(asked(null, 'introuvable'), 'account_words_trgm_idx');
});

test('the_audit_of_a_manager_by_action_and_by_object', async () => {
  const asked = (products, action, object) => [
    products,
    null,
    action,
    object,
    null,
    null,
    null,
    20,
    null,
  ];
  const list = (values, index) =>
    finds('account/audit_list', values, { account: known.manager }, index);
  await list(asked('{api-entreprise}', null, null), 'audit_pk');
  await list(asked(null, 'request.imported', null), 'audit_action_idx');
  await list(asked(null, null, known.submitted), 'audit_object_idx');
});

test('the_page_of_a_request_with_the_median_delay', () =>
  finds(
    'request/request_render',
    [known.submitted, known.manager, true, '[]', null],
    { account: known.manager },
    'request_pk',
    'decision_wait_idx',
  ));

test('who_is_told_of_a_request_and_of_a_token', async () => {
  const identity = { account: known.manager };
  await finds(
    'request/request_list_told',
    [known.submitted, 'organisation', null, null, '{}'],
    identity,
    'account_pk',
  );
  await finds('token/token_list_recipients', [known.token, null], { isSystem: true }, 'token_pk');
});

test('a_decision', () =>
  finds(
    'request/decision_add',
    [known.submitted, 'refuse', 'x', null, null, null, known.manager, null, true, null, null],
    { account: known.manager },
    'request_pk',
  ));

test('a_token_by_its_rights', () =>
  finds(
    'token/token_find',
    [known.token, known.admin],
    { account: known.admin },
    'token_pk',
    'decision_request_idx',
  ));

test('what_the_gateway_asks_every_three_seconds', async () => {
  await finds(
    'token/token_list_changed',
    [1e9, 1000],
    { isSystem: true },
    'token_change_number_idx',
  );
  await finds('token/token_find_last_change', [], { isSystem: true });
});

test('looks_of_the_staff', () =>
  finds(
    'core/access_log_add',
    [
      JSON.stringify([
        {
          at_ms: Date.now(),
          kind: 'account',
          actor: known.manager,
          action: 'request.read',
          object_type: 'request',
          object: known.submitted,
          address: '203.0.113.1',
        },
      ]),
    ],
    { isSystem: true },
    'request_pk',
  ));
