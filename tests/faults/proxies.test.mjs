// HAProxy, nginx, and one before the other, by the files of api/deploy: what callers write about where they come
// from is believed by nobody, figures stay inside, and the logs of all programs tell of one request by one name
// and without what it asked for.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { makeFolder } from '../support/daemon.mjs';
import { freePort } from '../support/ports.mjs';
import { startHaproxy, startNginx } from '../support/proxies.mjs';
import { exchange } from '../support/raw.mjs';
import { cast, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

/* Everybody is on this machine: the proxies at 127.0.0.1, which is trusted, callers at other addresses. */
const PROXY = '127.0.0.1';
const CALLER = '127.0.0.9';
const NEIGHBOUR = '127.7.7.7';
const VICTIM = '192.0.2.7';
const UNIT = `/gateway/api-entreprise/v4/insee/sirene/unites_legales/130025265?${ASKED}`;
const SCOPES = ['unites_legales_etablissements_insee'];
const TRACE = '0af7651916cd43dd8448eb211c80319c';

const FORGED = {
  a_line: [`X-Forwarded-For: ${VICTIM}`],
  several_lines: [`X-Forwarded-For: ${VICTIM}`, `X-Forwarded-For: ${VICTIM}, ${PROXY}`],
  the_proxy_itself: [`X-Forwarded-For: ${VICTIM}, ${PROXY}`],
  an_empty_line: ['X-Forwarded-For:', `X-Forwarded-For: ${VICTIM}`, 'X-Forwarded-For:'],
  ipv6: ['X-Forwarded-For: 2001:db8::7'],
  ports: [`X-Forwarded-For: ${VICTIM}:80`, 'X-Forwarded-For: [2001:db8::7]:443'],
  junk: ['X-Forwarded-For: unknown,, ;"', `x-forwarded-for: ${VICTIM}\tx`],
  hundreds_of_hops: [`X-Forwarded-For: ${VICTIM}${`, ${PROXY}`.repeat(400)}`],
  other_headers: [
    `Forwarded: for=${VICTIM};proto=https;host=evil.example`,
    `X-Real-IP: ${VICTIM}`,
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Port: 443',
    `True-Client-IP: ${VICTIM}`,
    `X-Client-IP: ${VICTIM}`,
  ],
};
const FIGURES = [
  '/metrics',
  '/%6detrics',
  '/%256detrics',
  '//metrics',
  '/./metrics',
  '/x/../metrics',
];

/** One after the other from the outside to the inside; each knows what stands before it. */
const SITES = {
  haproxy: [startHaproxy],
  nginx: [startNginx],
  haproxy_before_nginx: [startHaproxy, startNginx],
  nginx_before_haproxy: [startNginx, startHaproxy],
};

const stops = [];
let server;
let issuer;
let people;
let asked;
before(async () => {
  server = await startServer({
    env: { GUICHET_TRUSTED_PROXIES: PROXY, GUICHET_RATE_LIMITS: 'on' },
  });
  stops.push(() => server.stop());
  issuer = await new Issuer(server).start();
  people = await cast(server);
  asked = await submitRequest(people.applicant.client, { domain: people.domain });
});
after(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** Proxies before a port: where the outer one listens, and all their logs. */
async function startSite(makers, port, options = {}) {
  const started = [];
  let inner = port;
  for (const [index, start] of [...makers].reverse().entries()) {
    const folder = await makeFolder();
    stops.push(folder.remove);
    const own = await freePort();
    const isOuter = index === makers.length - 1;
    const front = isOuter ? options.front : PROXY;
    const proxy = await start(folder.path, [inner, inner], { port: own, front });
    stops.push(() => proxy.stop());
    started.push(proxy);
    inner = own;
  }
  return { port: inner, proxies: started };
}

/** A request in the bytes that it is written in, from an address of this machine. */
function ask(port, path, { from = CALLER, lines = [], method = 'GET', body = '' } = {}) {
  const head = [`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines];
  if (body) head.push(`Content-Length: ${Buffer.byteLength(body)}`);
  const bytes = `${head.join('\r\n')}\r\n\r\n${body}`;
  return exchange(`http://127.0.0.1:${port}`, bytes, { from, encoding: 'utf8' });
}

const lineOf = (id) =>
  waitFor('its line in the log of the program', () =>
    server.logs.find((line) => line.event === 'request' && line.request_id === id),
  );

const bearer = (token) => `Authorization: Bearer ${token.string}`;

/** The lines that make a request one of this person's session. */
const sessionOf = ({ client }) => [
  `Cookie: ${[...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ')}`,
  `X-CSRF-Token: ${client.csrf}`,
];

for (const [name, makers] of Object.entries(SITES)) {
  describe(name, () => {
    let site;
    let mine;
    let theirs;
    before(async () => {
      site = await startSite(makers, server.port);
      mine = await issuer.issue({ scopes: SCOPES, allowedIps: [`${CALLER}/32`] });
      theirs = await issuer.issue({
        scopes: SCOPES,
        allowedIps: [`${VICTIM}/32`, '2001:db8::/32', `${PROXY}/32`],
      });
      await waitFor(
        'both proxies',
        async () => (await ask(site.port, '/health/live')).status === 200,
      );
    });

    for (const [what, lines] of Object.entries(FORGED)) {
      test(`allowed_addresses_do_not_believe_${what}`, async () => {
        const refused = await ask(site.port, UNIT, { lines: [bearer(theirs), ...lines] });
        assert.equal(refused.status, 403, refused.body);
        assert.equal(JSON.parse(refused.body).errors[0].code, '00107');
        const good = await ask(site.port, UNIT, { lines: [bearer(mine), ...lines] });
        assert.equal(good.status, 200, good.body);
        assert.equal((await lineOf(good.headers['x-request-id'])).address, CALLER);
        const elsewhere = await ask(site.port, UNIT, {
          from: NEIGHBOUR,
          lines: [bearer(mine), ...lines],
        });
        assert.equal(elsewhere.status, 403);
      });
    }

    test('limits_of_log_ins_do_not_believe_forged_addresses', async () => {
      const from = `127.${50 + Object.keys(SITES).indexOf(name)}.0.9`;
      const logIn = (caller, i) =>
        ask(site.port, '/v1/session', {
          from: caller,
          method: 'POST',
          lines: [
            'Content-Type: application/json',
            `X-Forwarded-For: 198.18.${i}.1`,
            `X-Forwarded-For: 198.19.${i}.1, ${PROXY}`,
          ],
          body: JSON.stringify({ email: `nobody-${randomUUID()}@mairie.example`, password: 'x' }),
        });
      const statuses = [];
      for (let i = 0; i < 40; i++) statuses.push((await logIn(from, i)).status);
      assert.deepEqual([...new Set(statuses)].sort(), [401, 429]);
      assert.equal((await logIn(NEIGHBOUR, 41)).status, 401);
      const failed = server.logs
        .filter(({ event }) => event === 'login_failed')
        .map(({ ip }) => ip);
      assert.ok(failed.includes(from));
      assert.deepEqual(
        failed.filter((ip) => /^198\./.test(ip)),
        [],
      );
    });

    test('audit_and_access_log_do_not_believe_forged_addresses', async () => {
      const lines = [...FORGED.several_lines, ...FORGED.other_headers];
      const made = await ask(site.port, '/v1/clients', {
        method: 'POST',
        lines: [...sessionOf(people.applicant), 'Content-Type: application/json', ...lines],
        body: JSON.stringify({ name: 'Essai', siret: asked.siret, scopes: ['tokens:read'] }),
      });
      assert.equal(made.status, 201, made.body);
      const { id } = JSON.parse(made.body).client;
      const audited = await server.database.rows(
        `select address, request_id from audit where subject_id = '${id}'`,
      );
      assert.deepEqual(audited, [{ address: CALLER, request_id: made.headers['x-request-id'] }]);
      const from = `127.0.1.${1 + Object.keys(SITES).indexOf(name)}`;
      const seen = await ask(site.port, `/v1/requests/${asked.id}`, {
        from,
        lines: [...sessionOf(people.instructor), ...lines],
      });
      assert.equal(seen.status, 200);
      await waitFor('the row of the access log', async () => {
        const rows = await server.database.rows(
          `select address from access_log where request_id = '${asked.id}' order by id desc limit 1`,
        );
        return rows[0]?.address === from;
      });
      const believed = await server.database.rows(
        `select address from access_log where address in ('${VICTIM}', '${PROXY}') union all
         select address from audit where address = '${VICTIM}'`,
      );
      assert.deepEqual(believed, []);
    });

    test('figures_stay_inside_however_they_are_asked_for', async () => {
      for (const path of FIGURES) {
        const { status, body } = await ask(site.port, path);
        assert.ok([400, 404].includes(status), `${path}: ${status}`);
        assert.doesNotMatch(body, /guichet_|# TYPE/, path);
      }
      const usual = await ask(site.port, '/metrics');
      assert.equal(usual.headers['content-type'], 'application/problem+json');
    });

    test('every_log_names_a_request_alike_and_none_what_it_asked_for', async () => {
      const forged = randomUUID();
      const answer = await ask(site.port, `${UNIT}&x=SECRET-NAME`, {
        lines: [
          bearer(mine),
          `X-Request-ID: ${forged}`,
          'Referer: https://guichet.example/v1/login/oidc/callback?code=SECRET-CODE',
          'User-Agent: SECRET-AGENT',
          `traceparent: 00-${TRACE}-b7ad6b7169203331-01`,
        ],
      });
      assert.equal(answer.status, 422);
      const id = answer.headers['x-request-id'];
      assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.notEqual(id, forged);
      assert.match(answer.headers.traceparent, new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
      assert.equal((await lineOf(id)).trace_id, TRACE);
      for (const proxy of site.proxies) {
        const log = await waitFor('its line in the log of the proxy', async () => {
          const text = await proxy.readLog();
          return text.includes(id) && text;
        });
        assert.doesNotMatch(log, /SECRET|context=|recipient=|Referer|\?/);
        const line = log.split('\n').find((each) => each.includes(id));
        const { path, status, trace_id: traced, method } = JSON.parse(line);
        assert.deepEqual([method, path, status, traced], ['GET', UNIT.split('?')[0], 422, TRACE]);
      }
    });

    test('what_nobody_could_read_breaks_no_log', async () => {
      const lines = [
        'traceparent: "},{"x":"',
        `traceparent: 00-${TRACE}-b7ad6b7169203331-01`,
        'X-Request-ID: "},{"x":"',
      ];
      const { headers } = await ask(site.port, '/v1/"},{"a%22b', { lines });
      const id = headers['x-request-id'];
      await waitFor('its line in every log', async () => {
        const logs = await Promise.all(site.proxies.map((proxy) => proxy.readLog()));
        return !id || logs.every((text) => text.includes(id));
      });
      for (const proxy of site.proxies) {
        const log = await proxy.readLog();
        for (const line of log.split('\n').filter((each) => each.startsWith('{'))) {
          assert.equal(JSON.parse(line).x, undefined, line);
        }
      }
    });
  });
}

describe('what the program is told', () => {
  let echo;
  const told = [];
  before(async () => {
    echo = http.createServer((req, res) => {
      if (!req.url.startsWith('/health/')) told.push(req.headers);
      res.end('{}');
    });
    await new Promise((listening) => echo.listen(0, '127.0.0.1', () => listening(undefined)));
    stops.push(async () => {
      echo.closeAllConnections();
      echo.close();
    });
  });

  for (const [name, makers] of Object.entries(SITES)) {
    test(`nothing_that_a_caller_wrote_about_themselves_passes_${name}`, async () => {
      const site = await startSite(makers, echo.address().port);
      const forged = randomUUID();
      for (const lines of Object.values(FORGED)) {
        told.length = 0;
        const all = [...lines, ...FORGED.other_headers, `X-Request-ID: ${forged}`];
        assert.equal((await ask(site.port, '/v1/x', { lines: all })).status, 200);
        const [headers] = told;
        for (const gone of [
          'forwarded',
          'x-real-ip',
          'x-forwarded-host',
          'x-forwarded-proto',
          'x-forwarded-port',
        ]) {
          assert.equal(headers[gone], undefined, gone);
        }
        assert.doesNotMatch(headers['x-forwarded-for'], /192\.0\.2\.7|2001:db8|unknown/);
        assert.match(headers['x-forwarded-for'], new RegExp(`^${CALLER}`));
        assert.match(headers['x-request-id'], /^[0-9a-f-]{36}$/);
        assert.notEqual(headers['x-request-id'], forged);
      }
    });
  }
});

/* A proxy that was told who stands in front of it, played by the test from the proxies' own address. */
for (const [name, start] of Object.entries({ haproxy: startHaproxy, nginx: startNginx })) {
  test(`${name}_believes_the_front_that_it_was_told_of_and_nobody_else`, async () => {
    const site = await startSite([start], server.port, { front: PROXY });
    const seenAs = async (from, ...lines) => {
      const answer = await ask(site.port, '/v1/settings', { from, lines });
      assert.equal(answer.status, 200);
      const line = await lineOf(answer.headers['x-request-id']);
      return line.address;
    };
    for (const [list, address] of [
      ['203.0.113.9', '203.0.113.9'],
      [`${VICTIM}, 203.0.113.9`, '203.0.113.9'],
      [`${VICTIM}, 203.0.113.9:51234`, '203.0.113.9'],
      ['2001:DB8:0::5', '2001:db8::5'],
      [`${VICTIM}, [2001:db8::5]:443`, '2001:db8::5'],
      [`${`${PROXY}, `.repeat(400)}203.0.113.9`, '203.0.113.9'],
      // nginx takes its front for the caller then; the program takes nobody.
      [`${VICTIM}, junk`, name === 'nginx' ? PROXY : ''],
    ]) {
      assert.equal(await seenAs(PROXY, `X-Forwarded-For: ${list}`), address, list);
    }
    assert.equal(
      await seenAs(PROXY, `X-Forwarded-For: ${VICTIM}`, 'X-Forwarded-For: 203.0.113.9'),
      '203.0.113.9',
    );
    assert.equal(await seenAs(CALLER, `X-Forwarded-For: ${VICTIM}`), CALLER);
    const id = randomUUID();
    const kept = await ask(site.port, '/v1/settings', {
      from: PROXY,
      lines: ['X-Forwarded-For: 203.0.113.9', `X-Request-ID: ${id}`],
    });
    assert.equal(kept.headers['x-request-id'], id);
    await lineOf(id);
    const drawn = await ask(site.port, '/v1/settings', {
      lines: [`X-Request-ID: ${randomUUID()}`],
    });
    assert.match(drawn.headers['x-request-id'], /^[0-9a-f-]{36}$/);
  });
}
