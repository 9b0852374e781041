// What HAProxy and nginx answer themselves, by the files of api/deploy: in the format of the gateway to its
// callers, as problems to programs, as a page in French to people; with the identifier that stands in their log.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { makeFolder } from '../support/daemon.mjs';
import { freePort } from '../support/ports.mjs';
import { startHaproxy, startNginx } from '../support/proxies.mjs';
import { exchange } from '../support/raw.mjs';
import { waitFor } from '../support/wait.mjs';

const PAGES = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const ASKERS = {
  a_caller_of_the_gateway: { path: '/gateway/api-entreprise/v4/x?context=a', format: 'gateway' },
  a_caller_of_the_test_environment: {
    path: '/test/gateway/api-entreprise/v4/x',
    format: 'gateway',
  },
  a_caller_who_takes_pages: { path: '/gateway/x/v4', accept: PAGES, format: 'gateway' },
  a_program: { path: '/v1/session', accept: 'application/json', format: 'problem' },
  a_browser_at_an_address_for_programs: {
    path: '/v1/tokens?a=b',
    accept: PAGES,
    format: 'problem',
  },
  a_program_at_an_address_for_people: { path: '/demandes/12', accept: '*/*', format: 'problem' },
  a_browser: { path: '/demandes/12?onglet=1', accept: PAGES, format: 'page' },
};
/** Slug of the problem, title for people, code of the gateway. */
const SAID = {
  400: ['malformed', 'Requête mal formée', '00400'],
  413: ['too-large', 'Contenu trop volumineux', '00400'],
  429: ['rate-limited', 'Trop de demandes', '00429'],
  502: ['unavailable', 'Service momentanément indisponible', '00503'],
  503: ['unavailable', 'Service momentanément indisponible', '00503'],
  504: ['unavailable', 'Service momentanément indisponible', '00503'],
};
const WITH_RETRY = ['429', '502', '503', '504'];
/* HAProxy looks at a request when its first buffer is full or its body is there. */
const BUFFER_BYTES = 64 * 1024;
/* What an operator may add: a limit of their own. */
const REFUSED = [400, 429, 503];

const PROXIES = {
  haproxy: {
    start: startHaproxy,
    unreachable: '503',
    patience: [['timeout server  40s', 'timeout server  1s']],
    refusals: [
      '    balance leastconn',
      ['    balance leastconn']
        .concat(
          REFUSED.map(
            (status) =>
              `http-request deny deny_status ${status} if { req.hdr(X-Status) ${status} }`,
          ),
        )
        .join('\n    '),
    ],
  },
  nginx: {
    start: startNginx,
    unreachable: '502',
    patience: [['proxy_read_timeout 35s', 'proxy_read_timeout 1s']],
    refusals: [
      '    server_tokens off;',
      ['    server_tokens off;']
        .concat(REFUSED.map((status) => `if ($http_x_status = ${status}) { return ${status}; }`))
        .join('\n    '),
    ],
  },
};

/** Code → title and detail, as the gateway itself has them. */
let catalogue;
const stops = [];
before(async () => {
  const rows = await readFile(
    new URL('../../api/product/gateway_error.def', import.meta.url),
    'utf8',
  );
  catalogue = new Map(
    [...rows.matchAll(/^GATEWAY_ERROR\(\w+, "(\d{5})", \d+, "(.*?)", "(.*?)"/gm)]
      .reverse() // of several with one code the first counts
      .map(([, code, title, detail]) => [code, { code, title, detail }]),
  );
});
after(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** A program behind the proxy that is ready, and for the rest does this. */
async function startBad(answer) {
  const server = net.createServer((socket) => {
    socket
      .on('error', () => {})
      .on('data', (data) => {
        if (String(data).startsWith('GET /health/ready')) {
          socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
        } else {
          answer(socket);
        }
      });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  stops.push(async () => server.close());
  return /** @type {net.AddressInfo} */ (server.address()).port;
}

async function startProxy({ start, refusals, patience }, upstream) {
  const folder = await makeFolder();
  stops.push(folder.remove);
  const port = await freePort();
  const proxy = await start(folder.path, [upstream, upstream], {
    port,
    changes: [refusals, ...patience],
    upstreamChanges: [['max_fails=2', 'max_fails=0']], // or it would call both away, and ask neither
  });
  stops.push(() => proxy.stop());
  return { port, proxy };
}

const ask = (port, head) => exchange(`http://127.0.0.1:${port}`, head, { encoding: 'utf8' });

const headOf = ({ path, accept }, lines = [], method = 'GET') =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    ...(accept ? [`Accept: ${accept}`] : []),
    ...lines,
    '\r\n',
  ].join('\r\n');

const CHECKS = {
  gateway({ headers, body }, status) {
    assert.match(headers['content-type'], /^application\/json/);
    assert.deepEqual(JSON.parse(body), { errors: [catalogue.get(SAID[status][2])] });
  },
  problem({ headers, body }, status) {
    const [slug, title] = SAID[status];
    assert.match(headers['content-type'], /^application\/problem\+json/);
    const { detail, ...rest } = JSON.parse(body);
    assert.ok(detail.length > 10);
    assert.deepEqual(rest, {
      type: `/problems/${slug}`,
      title,
      status: Number(status),
      request_id: headers['x-request-id'],
    });
  },
  page({ headers, body }, status) {
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['content-security-policy'], "default-src 'none'");
    assert.match(body, /^<!doctype html><html lang="fr">/);
    assert.ok(body.includes(`<h1>${SAID[status][1]}</h1>`), body);
    assert.ok(body.includes(headers['x-request-id']));
    assert.doesNotMatch(body, /nginx|haproxy|<script/i);
  },
};

async function check({ port, proxy }, status, asker, head) {
  const answer = await ask(port, head);
  assert.equal(answer.status, Number(status), answer.body);
  assert.match(answer.headers['x-request-id'], /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(answer.headers['retry-after'], WITH_RETRY.includes(status) ? '5' : undefined);
  CHECKS[asker.format](answer, status);
  const line = await waitFor('its line in the log', async () =>
    (await proxy.readLog())
      .split('\n')
      .find((each) => each.includes(answer.headers['x-request-id'])),
  );
  const { path, status: logged } = JSON.parse(line);
  assert.deepEqual([path, String(logged)], [asker.path.split('?')[0], status]);
}

for (const [name, kind] of Object.entries(PROXIES)) {
  describe(name, () => {
    let unreachable;
    let silent;
    let garbled;
    before(async () => {
      unreachable = await startProxy(kind, await freePort());
      silent = await startProxy(kind, await startBad(() => {}));
      garbled = await startProxy(
        kind,
        await startBad((socket) => socket.end('HTTP/1.1 200 OK\r\nA\0: b\r\n\r\n')),
      );
    });

    /** The same to everybody who asks, each in their format. */
    const toEverybody = (site, status, lines, method, body = '') =>
      Promise.all(
        Object.entries(ASKERS).map(([who, asker]) =>
          check(site, status, asker, headOf(asker, lines, method) + body).catch((error) => {
            throw new Error(who, { cause: error });
          }),
        ),
      );

    test('tells_everybody_that_the_program_is_away', () =>
      toEverybody(unreachable, kind.unreachable));

    test('tells_everybody_that_no_answer_came', () => toEverybody(silent, '504'));

    test('tells_everybody_that_the_answer_is_none', () => toEverybody(garbled, '502'));

    test('tells_everybody_that_a_body_is_too_large', () =>
      toEverybody(silent, '413', ['Content-Length: 12000000'], 'POST', 'a'.repeat(BUFFER_BYTES)));

    for (const status of REFUSED.map(String)) {
      test(`tells_everybody_that_an_operator_refuses_with_${status}`, () =>
        toEverybody(silent, status, [`X-Status: ${status}`]));
    }

    test('its_logs_hold_nothing_that_was_asked_for_when_the_program_fails', async () => {
      for (const site of [unreachable, silent, garbled]) {
        const asker = { path: '/gateway/x/v4?name=SECRET', accept: '*/*' };
        const { headers } = await ask(
          site.port,
          headOf(asker, ['Referer: https://a/?code=SECRET']),
        );
        const log = await waitFor('its line in the log', async () => {
          const text = await site.proxy.readLog();
          return text.includes(headers['x-request-id']) && text;
        });
        assert.doesNotMatch(log, /SECRET/);
      }
    });
  });
}

for (const [name, kind] of Object.entries(PROXIES)) {
  test(`${name}_passes_nothing_on_that_is_no_request`, async () => {
    let passed = 0;
    const upstream = await startBad(() => passed++);
    const { port } = await startProxy(kind, upstream);
    for (const head of [
      'GET / HTTP/1.1\r\nHo\x01st: a\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
      'nonsense\r\n\r\n',
    ]) {
      assert.equal((await ask(port, head)).status, 400, head);
    }
    assert.equal(passed, 0);
  });
}

test('nginx_tells_of_addresses_and_headers_that_are_too_long', async () => {
  const site = await startProxy(PROXIES.nginx, await startBad(() => {}));
  for (const [status, slug, head] of [
    ['414', 'malformed', headOf({ path: `/v1/${'a'.repeat(9000)}` })],
    ['400', 'malformed', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['431', 'headers-too-large', headOf({ path: '/v1/x' }, [`A: ${'a'.repeat(9000)}`])],
  ]) {
    const answer = await ask(site.port, head);
    assert.equal(answer.status, Number(status));
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    const { type, status: told } = JSON.parse(answer.body);
    assert.deepEqual([type, String(told)], [`/problems/${slug}`, status]);
  }
});
