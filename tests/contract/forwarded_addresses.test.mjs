// Where calls come from, as proxies write it: with ports, in several lines, with commas that end nothing, and unreadable.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast } from '../support/requests.mjs';
import { exchange } from '../support/raw.mjs';
import { startServer } from '../support/server.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const PROXY = '127.0.0.1'; // so that a list of the proxy's own address would let in whoever is unknown
const UNIT = `/gateway/api-entreprise/v4/insee/sirene/unites_legales/130025265?${ASKED}`;

const startedAt = Date.now();
let server;
let applicant;
let issuer;
before(async () => {
  server = await startServer({ env: { GUICHET_TRUSTED_PROXIES: `${PROXY},10.0.0.0/8` } });
  ({ applicant } = await cast(server));
  issuer = await new Issuer(server).start();
});
after(() => server.stop());

/** A call behind a proxy that wrote these lines. */
async function call(token, lines) {
  const head = [
    `GET ${UNIT} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    `Authorization: Bearer ${token.string}`,
    ...lines.map((line) => `X-Forwarded-For: ${line}`),
  ];
  const answer = await exchange(server.url, `${head.join('\r\n')}\r\n\r\n`, { encoding: 'utf8' });
  const id = answer.headers['x-request-id'];
  const line = await waitFor('its line in the log', () =>
    server.logs.find((one) => one.event === 'request' && one.request_id === id),
  );
  return { status: answer.status, address: line.address, body: answer.body, id };
}

const issue = (allowedIps) =>
  issuer.issue({ scopes: ['unites_legales_etablissements_insee'], allowedIps });

for (const [what, [lines, address]] of Object.entries({
  with_a_port: [['192.0.2.7:51234'], '192.0.2.7'],
  with_the_last_port: [['192.0.2.7:65535'], '192.0.2.7'],
  ipv6_with_a_port: [['[2001:db8::7]:443'], '2001:db8::7'],
  ipv6_in_brackets: [['[2001:db8::7]'], '2001:db8::7'],
  with_a_comma_behind: [['192.0.2.7,'], '192.0.2.7'],
  with_commas_and_blanks: [[' ,\t192.0.2.7 , , '], '192.0.2.7'],
  in_several_lines: [['198.51.100.1', '192.0.2.7:80,', '', '10.1.1.1'], '192.0.2.7'],
  behind_what_the_caller_wrote: [['unknown, _hidden', '192.0.2.7'], '192.0.2.7'],
})) {
  test(`reads_an_address_${what}`, async () => {
    const token = await issue(['192.0.2.7', '2001:db8::7']);
    const answer = await call(token, lines);
    assert.deepEqual([answer.status, answer.address], [200, address]);
    assert.equal((await call(await issue(['198.51.100.1', PROXY]), lines)).status, 403);
  });
}

for (const [what, lines] of Object.entries({
  unknown: ['unknown'],
  hidden: ['192.0.2.7, _hidden'],
  garbage: [';"'],
  cut: ['192.0.2.'],
  unknown_behind_a_port: ['192.0.2.7:_x'],
  behind_a_port_that_is_none: ['192.0.2.7:65536'],
  in_brackets_behind_a_port_that_is_none: ['[2001:db8::7]:99999'],
  unknown_between_proxies: ['192.0.2.7, unknown, 10.1.1.1'],
  endless: [`192.0.2.7${', 10.1.1.1'.repeat(40)}`],
})) {
  test(`an_address_that_is_${what}_passes_no_list_not_even_that_of_the_proxy`, async () => {
    const token = await issue([PROXY, '10.0.0.0/8', '192.0.2.7']);
    const refused = await call(token, lines);
    assert.deepEqual([refused.status, refused.address], [403, '']);
    const free = await issue([]);
    assert.equal((await call(free, lines)).status, 200, 'where no list decides it is not asked');
  });
}

test('no_address_is_kept_in_place_of_an_unknown_one', async () => {
  const token = await issue([]);
  const { id } = await call(token, ['unknown']);
  const kept = await waitFor('the call in the log of calls', async () => {
    const [row] = await server.database.rows(`select address from call where request_id = '${id}'`);
    return row;
  });
  assert.equal(kept.address, null);
  const sessions = await applicant.client.get('/v1/account/sessions', {
    headers: { 'x-forwarded-for': 'unknown' },
  });
  sessions.expect(200);
});

test('what_cannot_be_read_is_logged_once_a_minute', async () => {
  const token = await issue([]);
  for (let i = 0; i < 20; i++) await call(token, ['_hidden']);
  const lines = server.logs.filter(({ event }) => event === 'caller_unreadable');
  const minutes = Math.ceil((Date.now() - startedAt) / 60_000);
  assert.ok(lines.length >= 1 && lines.length <= minutes + 1, `${lines.length} lines`);
  assert.equal(lines[0].proxy, PROXY);
  assert.equal(typeof lines[0].element, 'string');
});
