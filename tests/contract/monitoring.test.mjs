// Alerts and dashboard ask for figures that the program really gives, and lead to the runbook.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { createDatabase } from '../support/database.mjs';
import { freePort } from '../support/ports.mjs';
import { providersFile } from '../support/provider.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { makeClientCertificate } from '../support/tls.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const DEPLOY = fileURLToPath(new URL('../../api/deploy/', import.meta.url));
const MONITORING = `${DEPLOY}monitoring/`;
const rules = parse(readFileSync(`${MONITORING}rules.yml`, 'utf8')).groups.flatMap(
  (group) => group.rules,
);
const dashboard = JSON.parse(readFileSync(`${MONITORING}dashboard.json`, 'utf8'));
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

const UNIT = `v4/insee/sirene/unites_legales/130025265?${ASKED}`;
const OTHER = `v4/djepva/api-association/associations/open_data/130025265?${ASKED}`;

let ours;
let nobody;
let providers;
let issuer;
let token;
let server;
/** Names of metrics, and the labels that each has. */
let shown;
let body;
before(async () => {
  ours = makeClientCertificate();
  nobody = `http://127.0.0.1:${await freePort()}`;
  providers = await providersFile({
    insee: {
      base_url: nobody,
      client_certificate: { certificate_file: ours.file, key_file: ours.key },
    },
  });
  server = await startServer({
    env: { GUICHET_PROVIDERS_FILE: providers.file, GUICHET_CERTIFICATE_FILE: ours.file },
  });
  await server.database.sql('insert into directory_publication (rows_count) values (40)');
  issuer = await new Issuer(server).start();
  token = await issuer.issue({ scopes: ['unites_legales_etablissements_insee', 'open_data'] });
  (await token.get(UNIT)).expect(502);
  (await token.get(OTHER)).expect(200);
  (await token.get('nowhere')).expect(404);
  await server.client().get('/v1/products');
  body = await server.metrics();
  shown = new Map([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => [name, new Set()]));
  for (const [, name, labels] of body.matchAll(/^(\w+?)(?:_bucket|_sum|_count)?\{(.*?)\} /gm)) {
    for (const [, label] of labels.matchAll(/(\w+)="/g)) shown.get(name)?.add(label);
  }
});
after(async () => {
  await server?.stop();
  await providers?.remove();
  ours?.remove();
});

test('shows_metrics_that_prometheus_accepts', () => {
  const check = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8' });
  assert.equal(check.status, 0, check.stderr + check.stdout);
  assert.match(
    body,
    /^guichet_http_requests_total\{method="GET",route="\/v1\/products",class="2xx"\} 1$/m,
  );
  assert.match(body, /^guichet_database_connections\{state="open"\} \d+$/m);
  assert.match(body, /^guichet_build_info\{version="[^"]+"\} 1$/m);
});

/** The value of a sample, or undefined. */
const sample = (text, name) => {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line && Number(line.slice(name.length + 1));
};

test('counts_calls_by_product_provider_group_and_class', () => {
  const of = (labels) => sample(body, `guichet_gateway_answers_total{${labels}}`);
  assert.equal(
    of('product="api-entreprise",provider="insee",group="json_resources",class="5xx"'),
    1,
  );
  assert.equal(
    of('product="api-entreprise",provider="djepva",group="json_resources",class="2xx"'),
    1,
  );
  assert.equal(of('product="api-entreprise",provider="",group="other",class="4xx"'), 1);
  assert.equal(
    of('product="",provider="",group="",class="4xx"'),
    issuer.refusedProbes || undefined,
  );
  const remote = 'product="api-entreprise",provider="insee"';
  assert.equal(sample(body, `guichet_provider_failing{${remote}}`), 1);
});

test('tells_what_the_process_takes', () => {
  const resident = sample(body, 'process_resident_memory_bytes');
  assert.ok(resident > 1 << 20 && resident < sample(body, 'process_virtual_memory_bytes'));
  assert.ok(sample(body, 'process_cpu_seconds_total') > 0);
  const open = sample(body, 'process_open_fds');
  assert.ok(open > 3 && open < sample(body, 'process_max_fds'));
  const age = Date.now() / 1000 - sample(body, 'process_start_time_seconds');
  assert.ok(age >= 0 && age < 300);
});

test('tells_the_ages_of_what_an_operator_keeps_up', async () => {
  const { database } = server;
  await database.sql(`update schema_migration set applied_at = now() - interval '3 days'`);
  await database.sql(`update directory_publication set published_at = now() - interval '2 days'`);
  const before = await server.metrics();
  const days = (text, name) => sample(text, name) / 86_400;
  assert.ok(days(before, 'guichet_backup_age_seconds') >= 3);
  assert.ok(days(before, 'guichet_directory_age_seconds') >= 2);
  assert.ok(days(before, 'guichet_signing_key_age_seconds') < 1);
  for (let i = 0; i < 2; i++) {
    await server.command(['backup', `${server.dataDir}/copy.dump`]);
    assert.ok(days(await server.metrics(), 'guichet_backup_age_seconds') < 1);
    await database.sql(`update backup_mark set written_at = now() - interval '2 days'`);
    assert.ok(days(await server.metrics(), 'guichet_backup_age_seconds') >= 2);
  }
  const end = 'guichet_certificate_end_timestamp_seconds';
  for (const whose of ['public', 'api-entreprise/insee']) {
    const left = sample(before, `${end}{certificate="${whose}"}`) - Date.now() / 1000;
    assert.ok(left > 86_400 && left < 3 * 86_400, `${whose}: ${left}`);
  }
});

test('a_line_of_a_call_names_its_token', async () => {
  const asked = (await token.get('privileges')).expect(200).headers['x-request-id'];
  const line = await waitFor('the line', () =>
    server.logs.find(({ request_id: id }) => id === asked),
  );
  assert.equal(line.token, token.id);
  assert.equal(line.client, '');
  assert.doesNotMatch(server.stderr, /eyJ/);
});

test('the_event_of_a_lost_database_says_why_and_no_secret', async () => {
  const port = await freePort();
  for (const [url, reason] of [
    [`postgresql://guichet_app:s3cr3t@127.0.0.1:${port}/guichet`, /Connection refused/],
    ['postgresql://guichet_app:s3cr3t/x@127.0.0.1/guichet', /string cannot be read/],
    ['postgresql://guichet_app:x@s3cr3t@127.0.0.1/guichet', /string cannot be read/],
    ['host=127.0.0.1 pass word=s3cr3t', /string cannot be read/],
  ]) {
    const { code, stderr } = await runProgram(['verify-audit'], {
      env: { ...server.env, GUICHET_DATABASE_URL: url },
    });
    assert.notEqual(code, 0);
    const lines = stderr.split('\n').filter((one) => one.startsWith('{'));
    const down = lines.map((one) => JSON.parse(one)).find(({ event }) => event === 'database_down');
    assert.match(down.reason, reason);
    assert.doesNotMatch(stderr, /s3cr3t/);
  }
});

/** [name, labels] of every metric of Guichet that a PromQL expression asks for. */
function metricsIn(expression) {
  return [...expression.matchAll(/\b((?:guichet|process)_\w+?)(?:_bucket)?\b(?:\{(.*?)\})?/g)].map(
    ([, name, labels = '']) => [name, [...labels.matchAll(/(\w+)\s*[=!]/g)].map(([, one]) => one)],
  );
}

/* Prometheus adds these. */
const SCRAPED = new Set(['job', 'instance', 'le']);

for (const [what, expressions] of Object.entries({
  rules: rules.map(({ expr }) => expr),
  dashboard: queries,
})) {
  test(`the_${what}_use_existing_metrics`, () => {
    const asked = expressions.flatMap(metricsIn);
    assert.ok(asked.length >= 10);
    for (const [name, labels] of asked) {
      assert.ok(shown.has(name), `${name} is not in /metrics`);
      const unknown = labels.filter((label) => !SCRAPED.has(label) && !shown.get(name).has(label));
      assert.deepEqual(unknown, [], name);
    }
  });
}

test('every_metric_is_on_the_dashboard', () => {
  const asked = new Set(queries.flatMap(metricsIn).map(([name]) => name));
  assert.deepEqual(
    [...shown.keys()].filter((name) => !asked.has(name)),
    [],
  );
});

test('every_alert_names_a_line_of_the_runbook', () => {
  const runbook = readFileSync(`${DEPLOY}RUNBOOK.md`, 'utf8').replaceAll('**', '');
  for (const { alert, annotations } of rules) {
    assert.ok(runbook.includes(`| ${annotations.runbook} |`), `${alert}: ${annotations.runbook}`);
  }
});

test('every_alert_is_shown_to_fire_and_to_be_silent', () => {
  const { tests } = parse(readFileSync(`${MONITORING}rules.test.yml`, 'utf8'));
  const checks = tests.flatMap((one) => one.alert_rule_test);
  const names = (list) => new Set(list.map(({ alertname }) => alertname));
  const fires = names(checks.filter((one) => one.exp_alerts.length > 0));
  const silent = names(checks.filter((one) => one.exp_alerts.length === 0));
  const missing = rules.filter(({ alert }) => !fires.has(alert) || !silent.has(alert));
  assert.deepEqual(
    missing.map(({ alert }) => alert),
    [],
  );
});

for (const args of [
  ['check', 'rules', 'rules.yml'],
  ['test', 'rules', 'rules.test.yml'],
]) {
  test(`promtool_passes_${args.join('_')}`, () => {
    const options = { cwd: MONITORING, encoding: /** @type {const} */ ('utf8') };
    const { status, stdout, stderr } = spawnSync('promtool', args, options);
    assert.equal(status, 0, stdout + stderr);
  });
}

// As after an upgrade of the system's collations: PostgreSQL warns while each connection is being made.
test('a_notice_of_postgresql_while_connecting_is_an_event', async () => {
  const database = await createDatabase();
  await database.sql(
    "update pg_database set datcollversion = '0' where datname = current_database()",
  );
  const warned = await startServer({ database });
  try {
    const notices = warned.logs.filter(({ event }) => event === 'database_notice');
    assert.ok(notices.length > 0);
    assert.ok(notices.every(({ sqlstate }) => sqlstate === '01000'));
    const lines = warned.stderr.split('\n').filter(Boolean);
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('{')),
      [],
    );
  } finally {
    await warned.stop();
    await database.drop();
  }
});
