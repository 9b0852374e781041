// Mailed links pressed again: used, expired, replaced and ended otherwise are told apart, to who holds the link alone; a GET
// consumes nothing.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { activate, logInAs, PASSWORD, register } from '../support/accounts.mjs';
import { runJob } from '../support/jobs.mjs';
import { approvedToken, cast } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const NEW = 'girafe-turquoise-77-Mistral';
let server;
let people;
before(async () => {
  server = await startServer();
  people = await cast(server);
});
after(() => server.stop());

const sql = (text) => server.database.sql(text);
const take = (to, subject) => server.mailbox.take({ to, subject });

/** How each kind is asked for, used, aged, and ended by something else. */
const KINDS = {
  activation: {
    path: '/activation',
    async make() {
      const { email, token } = await register(server, { siret: SIRETS.LYON });
      return { email, token, client: server.client() };
    },
    async again({ email }) {
      (await server.client().post('/v1/accounts/activation-mail', { email })).expect(202);
      return (await take(email, /Activez/)).token;
    },
    use: (_link, token) => activate(server.client(), token),
    looks: [(token) => server.client().post('/v1/accounts/activation/preview', { token })],
    done: 200,
    age: ({ email }) =>
      `update registration set expires_at = now() - interval '1 s' where email = '${email}'`,
    used: /Ce compte est déjà actif.*Connectez-vous/,
    expired: /24 heures.*Demandez-en un nouveau/,
    replaced: /Un lien plus récent a été envoyé/,
  },
  password_reset: {
    path: '/mot-de-passe',
    async make() {
      const { email, client, session } = await logInAs(server);
      const link = { email, client, id: session.account.id };
      return { ...link, token: await KINDS.password_reset.again(link) };
    },
    async again({ email }) {
      (await server.client().post('/v1/password-reset-mail', { email })).expect(202);
      return (await take(email, /nouveau mot de passe/)).token;
    },
    use: (_link, token) => server.client().post('/v1/password-reset', { token, password: NEW }),
    looks: [(token) => server.client().post('/v1/password-reset/preview', { token })],
    done: 204,
    age: ({ id }) =>
      `update link set expires_at = now() - interval '1 s' where account_id = '${id}'`,
    async end({ client }) {
      const body = { current_password: PASSWORD, password: NEW };
      (await client.put('/v1/account/password', body)).expect(204);
    },
    used: /Le mot de passe a déjà été changé.*Connectez-vous/,
    expired: /30 minutes.*Demandez-en un nouveau/,
    replaced: /Un lien plus récent a été envoyé/,
    ended: /Le mot de passe ou l’adresse du compte a changé/,
  },
  email_change: {
    path: '/adresse',
    async make() {
      const { email, client, session } = await logInAs(server);
      const link = { email, client, id: session.account.id };
      return { ...link, token: await KINDS.email_change.again(link) };
    },
    async again({ email, client }) {
      (await client.post('/v1/account/email', { email: `new-${email}` })).expect(202);
      return (await take(`new-${email}`, /Confirmez/)).token;
    },
    use: ({ client }, token) => client.post('/v1/account/email-confirmation', { token }),
    looks: [],
    done: 204,
    age: ({ id }) =>
      `update link set expires_at = now() - interval '1 s' where account_id = '${id}'`,
    end: (link) => KINDS.password_reset.end(link),
    used: /L’adresse du compte a déjà été changée/,
    expired: /24 heures.*depuis votre compte/,
    replaced: /Un changement d’adresse plus récent/,
    ended: /Le mot de passe du compte a changé/,
  },
  share: {
    path: '/partage',
    async make() {
      const { path } = await approvedToken(people);
      const email = 'tiers@editeur.example';
      const { body } = (await people.applicant.client.post(`${path}/shares`, { email })).expect(
        201,
      );
      const { token } = await server.mailbox.take({ to: email });
      return { token, id: body.id, path: `${path}/shares/${body.id}` };
    },
    use: (_link, token) => server.client().post('/v1/share-redemptions', { token }),
    looks: [],
    done: 200,
    age: ({ id }) =>
      `update token_share set expires_at = now() - interval '1 s' where id = '${id}'`,
    end: async ({ path }) => (await people.applicant.client.delete(path)).expect(204),
    used: /a déjà été montré.*Demandez un autre lien/,
    expired: /4 heures.*à la personne qui vous l’a envoyé/,
    ended: /a été annulé, ou le jeton n’est plus valable/,
  },
};

/** The answer to a link that opens nothing, the same wherever it is shown. */
async function assertEnding(kind, link, token, ending) {
  const asks = [(one) => kind.use(link, one), ...kind.looks];
  for (const ask of asks) {
    const { body } = (await ask(token)).expect(422);
    assert.equal(body.type, `/problems/link-${ending}`);
    assert.match(body.detail, kind[ending]);
    assert.match(body.detail, /\d\d\/\d\d\/\d{4} à \d\d:\d\d \(heure de Paris\)/);
    assert.ok(Math.abs(Date.parse(body.link_ended_at) - Date.now()) < 120_000, body.link_ended_at);
    assert.equal(body.errors, undefined);
  }
}

for (const [name, kind] of Object.entries(KINDS)) {
  test(`a_link_of_${name}_that_was_used_says_what_it_did`, async () => {
    const link = await kind.make();
    for (let n = 0; n < 2; n++) (await server.client().get(kind.path)).expect(200, 404);
    for (const look of kind.looks) {
      (await look(link.token)).expect(200);
      (await look(link.token)).expect(200);
    }
    (await kind.use(link, link.token)).expect(kind.done);
    await assertEnding(kind, link, link.token, 'used');
    await assertEnding(kind, link, link.token, 'used');
  });

  test(`a_link_of_${name}_that_expired_says_how_to_get_another`, async () => {
    const link = await kind.make();
    await sql(kind.age(link));
    await assertEnding(kind, link, link.token, 'expired');
  });

  if (kind.replaced)
    test(`a_link_of_${name}_that_was_replaced_says_so_and_the_newer_one_works`, async () => {
      const link = await kind.make();
      const newer = await kind.again(link);
      await assertEnding(kind, link, link.token, 'replaced');
      (await kind.use(link, newer)).expect(kind.done);
      await assertEnding(kind, link, newer, 'used');
    });

  if (kind.replaced)
    test(`a_link_of_${name}_says_what_became_of_the_newer_one_that_replaced_it`, async () => {
      const link = await kind.make();
      const newer = await kind.again(link);
      const newest = await kind.again(link);
      await assertEnding(kind, link, link.token, 'replaced');
      (await kind.use(link, newest)).expect(kind.done);
      for (const token of [link.token, newer, newest]) {
        await assertEnding(kind, link, token, 'used');
      }
      const late = await kind.make();
      await kind.again(late);
      await sql(kind.age(late));
      await assertEnding(kind, late, late.token, 'expired');
    });

  if (kind.end)
    test(`a_link_of_${name}_that_something_else_ended_says_so`, async () => {
      const link = await kind.make();
      await kind.end(link);
      await assertEnding(kind, link, link.token, 'ended');
    });

  test(`a_secret_of_${name}_that_was_never_mailed_is_merely_wrong`, async () => {
    const link = await kind.make();
    for (const ask of [(one) => kind.use(link, one), ...kind.looks]) {
      const { body, codes } = (await ask('x'.repeat(43))).expect(422);
      assert.equal(body.type, '/problems/invalid');
      assert.deepEqual(codes, { '/token': 'not_found' });
      assert.equal(body.link_ended_at, undefined);
    }
  });
}

test('a_link_of_one_kind_says_nothing_at_the_door_of_another', async () => {
  const link = await KINDS.password_reset.make();
  (await KINDS.password_reset.use(link, link.token)).expect(204);
  const { body } = (await activate(server.client(), link.token)).expect(422);
  assert.equal(body.type, '/problems/invalid');
});

test('what_became_of_links_is_kept_for_three_months_after_their_rows', async () => {
  const used = await KINDS.password_reset.make();
  (await KINDS.password_reset.use(used, used.token)).expect(204);
  const old = await KINDS.activation.make();
  const late = await KINDS.email_change.make();
  await sql(
    `update registration set expires_at = now() - interval '8 days' where email = '${old.email}'`,
  );
  await sql(`update link set expires_at = now() - interval '8 days', used_at = used_at - interval '8 days'
             where account_id in ('${used.id}', '${late.id}')`);
  await runJob(server, 'retain_accounts');
  const rows = (table, where) => sql(`select 1 from ${table} where ${where}`);
  assert.deepEqual(await rows('registration', `email = '${old.email}'`), []);
  assert.deepEqual(await rows('link', `account_id in ('${used.id}', '${late.id}')`), []);
  const type = async (kind, link) => (await kind.use(link, link.token)).expect(422).body.type;
  assert.equal(await type(KINDS.password_reset, used), '/problems/link-used');
  assert.equal(await type(KINDS.activation, old), '/problems/link-expired');
  assert.equal(await type(KINDS.email_change, late), '/problems/link-expired');
  await sql("update spent_link set at = at - interval '91 days'");
  await runJob(server, 'retain_accounts');
  assert.deepEqual(await sql('select 1 from spent_link'), []);
  assert.equal(await type(KINDS.activation, old), '/problems/invalid');
});
