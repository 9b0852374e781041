// Keys change twice under the load of two instances: no call is refused, with strings of every key.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cast, decide, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { ASKED } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const DATA = `/gateway/api-entreprise/v3/dgfip/etablissements/13002526500013/chiffres_affaires?${ASKED}`;
const CALLERS = 8;
const TOKENS = 4;
/** Calls that must have been answered before, between and after the two changes. */
const STRETCH = 150;
const PAUSE_MS = 20;

let instances;
let people;

before(async () => {
  const one = await startServer();
  const { database, dataDir } = one;
  const env = { GUICHET_PUBLIC_URL: one.url, GUICHET_WORKER: 'off' };
  instances = [one, await startServer({ env, database, dataDir })];
  people = await cast(one);
});
after(async () => {
  for (const client of [people?.applicant.client, people?.instructor.client]) client?.close();
  await instances?.[1]?.stop();
  await instances?.[0]?.stop();
});

const kidOf = (string) => JSON.parse(Buffer.from(string.split('.')[0], 'base64url')).kid;

/** The string of a token that was just approved. */
async function approve() {
  const { applicant, instructor, domain } = people;
  const { id } = await submitRequest(applicant.client, { domain });
  (await decide(instructor.client, id, 'approve')).expect(201);
  const { token_id: token } = (await applicant.client.get(`/v1/requests/${id}`)).expect(200).body;
  const reveal = await applicant.client.post(`/v1/tokens/${token}/reveal`);
  return { id: token, string: reveal.expect(200).body.token };
}

/** A new string at the first instance; the former one goes on. */
async function rotate({ id }) {
  const path = `/v1/tokens/${id}/rotation`;
  return (await people.applicant.client.post(path, { overlap_days: 1 })).expect(200).body.token;
}

test('no_call_is_refused_while_keys_change_twice_under_load', async (t) => {
  const tokens = [];
  for (let i = 0; i < TOKENS; i++) tokens.push(await approve());
  const strings = tokens.map(({ string }) => string);
  const answers = [];
  let over = false;
  const callers = Array.from({ length: CALLERS }, async (_, i) => {
    const client = instances[i % 2].client();
    for (let n = i; !over; n++) {
      const string = strings[n % strings.length];
      const { status, body } = await client.get(DATA, { bearer: string });
      answers.push({ status, code: body.errors?.[0].code, kid: kidOf(string) });
      await sleep(PAUSE_MS);
    }
    client.close();
  });
  const more = async () => {
    const enough = answers.length + STRETCH;
    await waitFor('more calls', () => answers.length >= enough);
  };
  try {
    await more();
    for (let change = 0; change < 2; change++) {
      const replaced = tokens[change];
      await instances[0].command(['rotate-keys']);
      // Signed by the new key, and called at both instances at once.
      strings[change] = await rotate(replaced);
      await more();
    }
  } finally {
    over = true;
    await Promise.all(callers);
  }
  const said = new Set(answers.map(({ status, code }) => `${status} ${code ?? ''}`.trim()));
  // Each token may make 250 a minute; its limit is looked at after its signature.
  said.delete('429 00429');
  assert.deepEqual([...said], ['200']);
  assert.ok(answers.filter(({ status }) => status === 200).length >= 3 * STRETCH);
  const kids = new Set(answers.map(({ kid }) => kid));
  assert.equal(kids.size, 3, 'strings of three keys were called');
  const { keys } = (await instances[1].client().get('/.well-known/jwks.json')).expect(200).body;
  for (const kid of kids) assert.ok(keys.some((key) => key.kid === kid));
  t.diagnostic(`${answers.length} calls`);
});
