// RFC 9116: where weaknesses are reported.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runProgram, startServer } from '../support/server.mjs';

const DAY_MS = 86_400_000;

let server;
before(async () => {
  server = await startServer({ env: { GUICHET_SUPPORT_EMAIL: 'aide@example.org' } });
});
after(() => server.stop());

/** @returns {Promise<[string, string][]>} */
async function fields(one = server) {
  const answer = (await one.client().get('/.well-known/security.txt')).expect(200);
  assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
  assert.match(answer.body, /^(\S+: .+\n)+$/);
  return answer.body
    .trim()
    .split('\n')
    .map((line) => line.split(/: (.*)/, 2));
}

test('says_whom_to_write_to_in_which_languages_and_until_when', async () => {
  const all = await fields();
  const { Expires: expires, ...others } = Object.fromEntries(all);
  assert.equal(all.length, 4, 'each field once');
  assert.deepEqual(others, {
    Contact: 'mailto:aide@example.org',
    Canonical: `${server.url}/.well-known/security.txt`,
    'Preferred-Languages': 'fr, en',
  });
  assert.match(expires, /^\d{4}-\d\d-\d\dT00:00:00\.000Z$/);
  const days = (Date.parse(expires) - Date.now()) / DAY_MS;
  assert.ok(days > 178 && days < 366, `${days} days: less than a year, as the RFC recommends`);
});

test('names_the_contact_of_the_settings', async () => {
  const contact = 'https://guichet.example/vulnerabilites';
  const other = await startServer({ env: { GUICHET_SECURITY_CONTACT: contact } });
  try {
    assert.deepEqual((await fields(other))[0], ['Contact', contact]);
  } finally {
    await other.stop();
  }
});

for (const contact of ['securite@example.org', 'http://example.org/', 'mailto:a@b.example c'])
  test(`refuses_to_start_with_${contact.replaceAll(/\W+/g, '_')}`, async () => {
    const env = { ...server.env, GUICHET_SECURITY_CONTACT: contact };
    const { code, stderr } = await runProgram(['check-config'], { env });
    assert.equal(code, 1);
    assert.match(stderr, /^GUICHET_SECURITY_CONTACT: a mailto: or https:\/\/ address/m);
  });
