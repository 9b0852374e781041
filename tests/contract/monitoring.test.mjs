// Alerts and dashboard ask for figures that the program really gives, and lead to the runbook.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { createDatabase } from '../support/database.mjs';
import { startServer } from '../support/server.mjs';

const DEPLOY = fileURLToPath(new URL('../../api/deploy/', import.meta.url));
const MONITORING = `${DEPLOY}monitoring/`;
const rules = parse(readFileSync(`${MONITORING}rules.yml`, 'utf8')).groups.flatMap(
  (group) => group.rules,
);
const dashboard = JSON.parse(readFileSync(`${MONITORING}dashboard.json`, 'utf8'));
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

let server;
/** Names of metrics, and the labels that each has. */
let shown;
let body;
before(async () => {
  server = await startServer();
  const client = server.client();
  await client.get('/v1/products');
  body = await server.metrics();
  shown = new Map([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => [name, new Set()]));
  for (const [, name, labels] of body.matchAll(/^(\w+?)(?:_bucket|_sum|_count)?\{(.*?)\} /gm)) {
    for (const [, label] of labels.matchAll(/(\w+)="/g)) shown.get(name)?.add(label);
  }
});
after(() => server.stop());

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
