// What the owners of a token see of its calls: figures, lists, exports, limits, alerts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { runJob } from '../support/jobs.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const SIREN = '130025265';
const UNIT = '/v4/insee/sirene/unites_legales/{siren}';
const path = (siren = SIREN) => `v4/insee/sirene/unites_legales/${siren}?${ASKED}`;
const SCOPES = ['unites_legales_etablissements_insee'];

const MINUTE_MS = 60_000;

let server;
let issuer;
let owner;

before(async () => {
  server = await startServer();
  issuer = await new Issuer(server).start();
  owner = await logInAs(server, { siret: SIRETS.CLAMART });
  const [{ id }] = await server.database.rows(
    `select id from account where email = '${owner.email}'`,
  );
  owner.id = id;
});
after(() => server?.stop());

const issue = (options = {}) =>
  issuer.issue({ scopes: SCOPES, siret: SIRETS.CLAMART, applicantId: owner.id, ...options });
const usage = (token, query = '') => owner.client.get(`/v1/tokens/${token.id}/usage${query}`);
const calls = (token, query = '') => owner.client.get(`/v1/tokens/${token.id}/calls${query}`);

async function allRecorded(token, count) {
  return waitFor('the record', async () => {
    const { body } = (await calls(token)).expect(200);
    return body.items.length === count && body.items;
  });
}

/** Rows that look as if they had been called long ago, and not rolled up yet. */
function pastCalls(token, { from, step, count, status = 200, code = null }) {
  return server.database.sql(`
    update call_rolled set until = least(until, date_trunc('hour', ${from}));
    insert into call (at, token_id, endpoint, status, error_code, duration_us, request_id)
    select ${from} + i * interval '${step}', '${token.id}', '${UNIT}', ${status},
      ${code ? `'${code}'` : 'null'}, 20000, 'past-' || i from generate_series(0, ${count - 1}) i`);
}

test('shows_figures_of_the_calls', async () => {
  const token = await issue();
  for (const siren of [SIREN, SIREN, '000000000', '300000007']) await token.get(path(siren));
  await token.get('v4/insee/sirene/unites_legales/123');
  await allRecorded(token, 5);
  for (const window of ['10m', '30h', '8d']) {
    const { body } = (await usage(token, `?window=${window}`)).expect(200);
    assert.equal(body.totals.calls, 5);
    assert.deepEqual(
      ['success', 'not_found', 'other_4xx', 'server_error'].map(
        (name) => body.totals[`${name}_percent`],
      ),
      [40, 20, 20, 20],
    );
    assert.equal(body.endpoints.length, 1);
    assert.equal(body.endpoints[0].endpoint, UNIT);
    assert.ok(body.totals.p50_ms > 0 && body.totals.p50_ms <= body.totals.p95_ms);
    assert.equal(
      body.series.reduce((sum, point) => sum + point.calls, 0),
      5,
    );
    const found = body.errors.map(({ code, status, calls: count }) => [code, status, count]);
    assert.deepEqual(found.sort(), [
      ['00201', 422, 1],
      ['01000', 502, 1],
      ['01003', 404, 1],
    ]);
    assert.ok(body.errors.every(({ title, advice }) => title && advice));
  }
});

test('shows_a_token_without_calls_without_figures', async () => {
  const { body } = (await usage(await issue())).expect(200);
  assert.deepEqual(body.totals, {
    calls: 0,
    success_percent: null,
    not_found_percent: null,
    other_4xx_percent: null,
    server_error_percent: null,
    p50_ms: null,
    p95_ms: null,
    sandbox_calls: 0,
  });
  assert.deepEqual([body.endpoints, body.errors], [[], []]);
  assert.ok(body.series.length >= 30);
});

test('counts_the_same_from_roll_ups_as_from_calls', async () => {
  const token = await issue();
  const ago = (hours) => `date_trunc('hour', now()) - interval '${hours} hours'`;
  await pastCalls(token, { from: ago(30), step: '10 minutes', count: 150 });
  await pastCalls(token, { from: ago(20), step: '1 hour', count: 7, status: 404, code: '01003' });
  const from = new Date(Date.now() - 40 * 3_600_000).toISOString();
  const query = `?from=${from}&to=${new Date(Date.now() - 60_000).toISOString()}`;
  const before = (await usage(token, query)).expect(200).body;
  assert.equal(before.totals.calls, 157);
  await server.database.sql('do $$ begin while call_roll_next() loop end loop; end $$');
  const [{ count }] = await server.database.rows(
    `select count(*)::int from call_hour where token_id = '${token.id}'`,
  );
  assert.ok(count >= 20);
  const after = (await usage(token, query)).expect(200).body;
  assert.deepEqual(after, before);
});

test('counts_a_month_by_day', async () => {
  const token = await issue();
  await server.database
    .sql(`insert into call_day (day, token_id, endpoint, status, slot, calls, last_at)
    select date_trunc('day', now()) - i * interval '1 day', '${token.id}', '${UNIT}', 200, 40, 10, now()
    from generate_series(50, 109) i`);
  const from = new Date(Date.now() - 200 * 86_400_000).toISOString();
  const { body } = (await usage(token, `?from=${from}&to=${new Date().toISOString()}`)).expect(200);
  assert.equal(body.totals.calls, 600);
  assert.equal(body.bucket_seconds, 86_400);
});

test('gives_the_median_and_the_95th_percentile', async () => {
  const token = await issue();
  // Of 100 calls the 46th is the first of the median's slot, the 95th the first of the slowest.
  const slots = { 20: 45, 40: 46, 60: 3, 80: 6 };
  for (const [slot, count] of Object.entries(slots)) {
    await server.database
      .sql(`insert into call_day (day, token_id, endpoint, status, slot, calls, last_at)
      values (date_trunc('day', now()) - interval '60 days', '${token.id}', '${UNIT}', 200, ${slot}, ${count}, now())`);
  }
  const from = new Date(Date.now() - 200 * 86_400_000).toISOString();
  const { body } = (await usage(token, `?from=${from}&to=${new Date().toISOString()}`)).expect(200);
  // The middle of a slot, each a tenth wider than the one before, from 0.1 ms on.
  const middle = (slot) => Math.round(10 * 1.1 ** (slot + 0.5)) / 100;
  for (const figures of [body.totals, body.endpoints[0]]) {
    assert.deepEqual(
      [figures.calls, figures.p50_ms, figures.p95_ms],
      [100, middle(40), middle(80)],
    );
  }
});

test('refuses_invalid_ranges', async () => {
  const token = await issue();
  for (const query of [
    '?window=1h',
    '?from=2026-01-01T00:00:00Z',
    '?window=8d&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z',
    '?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    '?from=hier&to=demain',
    '?from=2020-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    '?fenetre=10m',
  ]) {
    (await usage(token, query)).expect(422);
  }
});

test('lists_calls_with_every_detail_and_filters', async () => {
  const token = await issue();
  const good = await token.get(path());
  const lost = await token.get(path('000000000'));
  const [last, first] = await allRecorded(token, 2);
  assert.equal(first.request_id, good.headers['x-request-id']);
  assert.deepEqual(
    [first.endpoint, first.params, first.context, first.object, first.recipient, first.status],
    [UNIT, { siren: SIREN }, 'tests', 'dossier-1', SIRETS.PARIS, 200],
  );
  assert.equal(first.ip, '127.0.0.1');
  assert.ok(first.duration_ms >= first.provider_ms);
  assert.equal(last.error_code, '01003');
  const ids = async (query) =>
    (await calls(token, query)).expect(200).body.items.map(({ request_id: id }) => id);
  const [one, two] = [good, lost].map(({ headers }) => headers['x-request-id']);
  assert.deepEqual(await ids('?status=404'), [two]);
  assert.deepEqual(await ids('?status=2xx'), [one]);
  assert.deepEqual(await ids('?error_code=01003'), [two]);
  assert.deepEqual(await ids('?error_code=01003&status=404'), [two]);
  assert.deepEqual(await ids('?error_code=01003&status=422'), []);
  assert.deepEqual(await ids('?error_code=01000'), []);
  assert.deepEqual(await ids(`?request_id=${one}`), [one]);
  assert.deepEqual(await ids(`?endpoint=${encodeURIComponent(UNIT)}`), [two, one]);
  assert.deepEqual(await ids('?endpoint=/ailleurs'), []);
  assert.deepEqual(await ids(`?from=${first.at}&to=${last.at}`), [one]);
  const wrong = ['?status=abc', '?status=6xx', '?from=x', '?limit=0', '?cursor=x'];
  for (const code of ['', '1003', '010030', '0100x', 'XX003']) wrong.push(`?error_code=${code}`);
  for (const query of wrong) {
    (await calls(token, query)).expect(422);
  }
});

test('pages_through_calls_without_gap_or_repetition', async () => {
  const token = await issue();
  await pastCalls(token, { from: "now() - interval '1 hour'", step: '0 seconds', count: 25 });
  const seen = [];
  for (let cursor = ''; cursor !== null;) {
    const { body } = (await calls(token, `?limit=10${cursor && `&cursor=${cursor}`}`)).expect(200);
    seen.push(...body.items.map(({ request_id: id }) => id));
    cursor = body.next_cursor;
  }
  assert.equal(new Set(seen).size, 25);
  assert.equal(seen.length, 25);
});

test('exports_as_csv', async () => {
  const token = await issue();
  await pastCalls(token, { from: "now() - interval '1 hour'", step: '1 second', count: 1201 });
  const headers = { accept: 'text/csv' };
  const list = await owner.client.get(`/v1/tokens/${token.id}/calls`, { headers });
  const lines = list.expect(200).body.trimEnd().split('\r\n');
  assert.equal(lines.length, 1202);
  assert.match(lines[0], /^request_id,at,endpoint,params,/);
  assert.match(lines[1], /^past-1200,/);
  const figures = await owner.client.get(`/v1/tokens/${token.id}/usage`, { headers });
  assert.match(
    figures.expect(200).body,
    /\r\n\/v4\/insee\/sirene\/unites_legales\/\{siren\},1201,/,
  );
});

/** The file behind a link of the screen: the cookie alone says who asks. */
const download = (token, query, accept = 'text/html,*/*') =>
  owner.client.get(`/v1/tokens/${token.id}/calls/export?${query}`, { headers: { accept } });

test('exports_all_filtered_calls_as_one_file', async () => {
  const token = await issue();
  const hour = { from: "now() - interval '1 hour'", step: '1 second' };
  await pastCalls(token, { ...hour, count: 1201 });
  await pastCalls(token, { ...hour, count: 3, status: 404, code: '01003' });
  const json = (await download(token, 'format=json')).expect(200);
  assert.match(json.headers['content-type'], /^application\/json/);
  assert.equal(json.headers['content-disposition'], 'attachment; filename="appels.json"');
  assert.equal(json.body.items.length, 1204);
  const [first] = (await calls(token)).expect(200).body.items;
  assert.deepEqual(json.body.items[0], first);
  const csv = (await download(token, 'format=csv')).expect(200);
  assert.equal(csv.headers['content-disposition'], 'attachment; filename="appels.csv"');
  assert.equal(csv.body.trimEnd().split('\r\n').length, 1205);
  assert.equal((await download(token, '')).expect(200).body, csv.body);
  const lost = (await download(token, 'format=json&status=4xx')).expect(200).body.items;
  assert.deepEqual(
    lost.map(({ error_code: code }) => code),
    ['01003', '01003', '01003'],
  );
  const coded = (format, code) => download(token, `format=${format}&error_code=${code}`);
  assert.deepEqual((await coded('json', '01003')).expect(200).body.items, lost);
  assert.deepEqual((await coded('json', '01000')).expect(200).body.items, []);
  assert.equal((await coded('csv', '01003')).expect(200).body.trimEnd().split('\r\n').length, 4);
  (await coded('csv', '1003')).expect(422);
  const { at } = json.body.items.at(-1);
  const none = await download(token, `format=json&to=${at}&endpoint=${encodeURIComponent(UNIT)}`);
  assert.deepEqual(none.expect(200).body, { items: [] });
  for (const query of ['format=xlsx', 'format=json&status=abc', 'format=csv&limit=3', 'from=x']) {
    (await download(token, query)).expect(422);
  }
});

test('aborts_an_export_that_cannot_be_completed', async () => {
  const token = await issue();
  await pastCalls(token, { from: "now() - interval '1 hour'", step: '1 second', count: 1201 });
  await server.database.sql(
    `update call set params = 'spoilt' where token_id = '${token.id}' and request_id = 'past-0'`,
  );
  await assert.rejects(download(token, 'format=json'), /aborted|ECONNRESET|hang up/);
  (await download(token, 'format=csv')).expect(200);
});

test('lists_the_endpoints_of_a_token_with_their_rights', async () => {
  const read = (token, query = '') =>
    owner.client
      .get(`/v1/tokens/${token.id}/endpoints${query}`)
      .then((answer) => answer.expect(200));
  const bare = await issue({ scopes: [] });
  const free = (await read(bare)).body.items.map(({ path: template }) => template);
  const token = await issue();
  const { items } = (await read(token)).body;
  const opened = (await token.get('privileges')).expect(200).body.data.endpoints;
  assert.deepEqual(
    items.map(({ path: template }) => template),
    opened,
  );
  assert.ok(opened.includes(UNIT) && !free.includes(UNIT));
  const page = (await read(token, '?limit=1')).body;
  assert.deepEqual([page.items.length, page.next_cursor], [1, '1']);
  (await owner.client.get(`/v1/tokens/${token.id}/endpoints?limit=0`)).expect(422);
});

test('shows_the_consumption_of_each_limit', async () => {
  const token = await issue();
  for (let i = 0; i < 3; i++) await token.get(path());
  await token.get('privileges');
  const { body } = (await owner.client.get(`/v1/tokens/${token.id}/limits`)).expect(200);
  const of = (group) => body.items.find((item) => item.group === group);
  assert.deepEqual(
    [of('json_resources').used, of('json_resources').remaining, of('other').used],
    [3, 247, 1],
  );
  assert.ok(of('json_resources').reset_at);
  assert.deepEqual([of('gip_mds').used, of('gip_mds').reset_at], [0, null]);
});

test('shows_calls_to_owners_only', async () => {
  const token = await issue();
  const stranger = await logInAs(server, { siret: SIRETS.LYON, domain: 'lyon.example' });
  const colleague = await logInAs(server, { siret: SIRETS.CLAMART });
  for (const page of ['usage', 'calls', 'calls/export', 'endpoints', 'limits', 'alerts']) {
    (await stranger.client.get(`/v1/tokens/${token.id}/${page}`)).expect(404);
    (await server.client().get(`/v1/tokens/${token.id}/${page}`)).expect(401);
    (await colleague.client.get(`/v1/tokens/${token.id}/${page}`)).expect(403);
  }
});

test('stores_alerts_and_mails_each_once', async () => {
  const token = await issue();
  const url = `/v1/tokens/${token.id}/alerts`;
  assert.deepEqual((await owner.client.get(url)).expect(200).body, { version: 0, alerts: [] });
  const alerts = [
    { kind: 'error_rate', threshold: 50, window_minutes: 10 },
    { kind: 'silence', threshold: null, window_minutes: 60 },
  ];
  const set = (await owner.client.put(url, { alerts })).expect(200);
  assert.deepEqual(set.body, { version: 1, alerts });
  assert.equal(set.etag, '"1"');
  await token.get(path());
  await token.get(path('300000007'));
  await allRecorded(token, 2);
  const run = () => runJob(server, 'usage_alerts');
  await run();
  const mails = async () =>
    (await server.database.rows(`select id from outbox where template = 'usage_alert'`)).length;
  assert.equal(await mails(), 1);
  await run();
  await token.get(path('300000007'));
  await allRecorded(token, 3);
  await run();
  assert.equal(await mails(), 1);
});

/** The alerts that were mailed about a token, once all mails have left. */
async function alertsOf(token) {
  await mailsDone(server);
  const mails = await server.mailbox.list({ to: owner.email, subject: /Alerte/ });
  return mails.filter(({ text }) => text.includes(token.id)).map(({ text }) => text);
}

const setAlert = async (token, alert) =>
  (await owner.client.put(`/v1/tokens/${token.id}/alerts`, { alerts: [alert] })).expect(200);

test('alerts_on_a_limit_that_is_nearly_used_up', async () => {
  const token = await issue();
  await setAlert(token, { kind: 'consumption', threshold: 80, window_minutes: 10 });
  const startS = Math.floor(Date.now() / MINUTE_MS - 2) * (MINUTE_MS / 1000);
  const minute = { from: `to_timestamp(${startS})`, step: '1 millisecond' };
  await pastCalls(token, { ...minute, count: 199 });
  await runJob(server, 'usage_alerts');
  assert.deepEqual(await alertsOf(token), []);
  await pastCalls(token, { ...minute, count: 1 });
  await runJob(server, 'usage_alerts');
  const [told, ...more] = await alertsOf(token);
  assert.deepEqual(more, []);
  assert.match(told, /a consommé 80[.,]0 % de l’une de ses limites .* Votre seuil est de 80/);
});

test('alerts_on_missing_calls_once_and_again_after_a_call', async () => {
  const token = await issue();
  await setAlert(token, { kind: 'silence', threshold: null, window_minutes: 60 });
  const called = (when) => token.change({ last_called_at: when });
  const age = () =>
    server.database.sql(
      `update usage_alert set created_at = now() - interval '3 hours' where token_id = '${token.id}'`,
    );
  await runJob(server, 'usage_alerts');
  assert.equal((await alertsOf(token)).length, 0, 'an alert that is younger than the window');
  await age();
  for (const [when, count] of [
    ["now() - interval '2 hours'", 1],
    ["now() - interval '3 hours'", 1],
    ['now()', 1],
    ["now() - interval '61 minutes'", 2],
  ]) {
    await called(when);
    await runJob(server, 'usage_alerts');
    assert.equal((await alertsOf(token)).length, count, String(when));
  }
  for (const text of await alertsOf(token)) assert.match(text, /n’a plus été appelé/);
});

test('mails_alerts_to_the_business_contact_too_and_until_a_planned_revocation', async () => {
  const business = { email: 'metier@clamart.example' };
  const other = { email: 'dpo@clamart.example' };
  const contacts = { business, data_protection_officer: other };
  const token = await issue({ contacts });
  await token.change({ revoked_at: "now() + interval '1 day'" });
  await setAlert(token, { kind: 'error_rate', threshold: 50, window_minutes: 10 });
  await token.get(path('300000007'));
  await allRecorded(token, 1);
  await runJob(server, 'usage_alerts');
  assert.equal((await alertsOf(token)).length, 1);
  const of = async (to) => (await server.mailbox.list({ to, subject: /Alerte/ })).length;
  assert.deepEqual([await of(business.email), await of(other.email)], [1, 0]);
});

test('an_error_rate_does_not_count_404', async () => {
  const token = await issue();
  await setAlert(token, { kind: 'error_rate', threshold: 40, window_minutes: 10 });
  (await token.get(path('000000000'))).expect(404);
  await allRecorded(token, 1);
  await runJob(server, 'usage_alerts');
  assert.deepEqual(await alertsOf(token), []);
  (await token.get(path('300000007'))).expect(502);
  await allRecorded(token, 2);
  await runJob(server, 'usage_alerts');
  const [text] = await alertsOf(token);
  assert.match(text, /\b50\b/);
});

test('does_not_overwrite_alerts_set_by_another_account_meanwhile', async () => {
  const token = await issue();
  const url = `/v1/tokens/${token.id}/alerts`;
  const silence = (minutes) => ({
    alerts: [{ kind: 'silence', threshold: null, window_minutes: minutes }],
  });
  const { etag: none } = await owner.client.get(url);
  (await owner.client.put(url, silence(5), { etag: '"7"' })).expect(412);
  const first = (await owner.client.put(url, silence(10), { etag: none })).expect(200);
  (await owner.client.put(url, silence(20), { etag: none })).expect(412);
  (await owner.client.put(url, silence(20), { etag: 'x' })).expect(400);
  assert.deepEqual((await owner.client.get(url)).body.alerts, silence(10).alerts);
  const second = (await owner.client.put(url, silence(30), { etag: first.etag })).expect(200);
  assert.equal(second.etag, '"2"');
  (await owner.client.put(url, silence(40), { etag: '*' })).expect(200);
  (await owner.client.put(url, silence(50))).expect(200);
});

test('accepts_twenty_alerts_and_refuses_more', async () => {
  const token = await issue();
  const alerts = Array.from({ length: 21 }, () => ({
    kind: 'silence',
    threshold: null,
    window_minutes: 43_200,
  }));
  const url = `/v1/tokens/${token.id}/alerts`;
  assert.deepEqual((await owner.client.put(url, { alerts })).expect(422).pointers, ['/alerts']);
  (await owner.client.put(url, { alerts: alerts.slice(1) })).expect(200);
  const tooLong = [{ ...alerts[0], window_minutes: 43_201 }];
  assert.deepEqual((await owner.client.put(url, { alerts: tooLong })).expect(422).codes, {
    '/alerts/0/window_minutes': 'out_of_range',
  });
});

test('refuses_alerts_with_all_mistakes_at_once', async () => {
  const token = await issue();
  const alerts = [
    { kind: 'autre', threshold: 5, window_minutes: 5 },
    { kind: 'silence', threshold: 5, window_minutes: 0 },
    { kind: 'error_rate', threshold: 101, window_minutes: 5, surplus: 1 },
    { kind: 'error_rate' },
  ];
  const answer = await owner.client.put(`/v1/tokens/${token.id}/alerts`, { alerts });
  assert.deepEqual(answer.expect(422).pointers, [
    '/alerts/0/kind',
    '/alerts/1/threshold',
    '/alerts/1/window_minutes',
    '/alerts/2/surplus',
    '/alerts/2/threshold',
    '/alerts/3/threshold',
    '/alerts/3/window_minutes',
  ]);
});
