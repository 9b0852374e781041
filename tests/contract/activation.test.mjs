// Registrations that wait for their activation: what stands beside each other, what touches nothing, who wins.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  activate,
  createAccount,
  logInAs,
  PASSWORD,
  register,
  signUpForm,
} from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { runJob } from '../support/jobs.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

/** Makes the mailed links to an address older. */
const grow = (email, age) =>
  server.database.sql(
    `update registration set expires_at = expires_at - interval '${age}' where email = '${email}'`,
  );

const preview = (token) => server.client().post('/v1/accounts/activation/preview', { token });
const use = (token, input) => activate(server.client(), token, input);
const DEAD = '/problems/link-used';

/** What is kept of an address: registrations that live, accounts. */
async function keptOf(email) {
  const [row] = await server.database.rows(
    `select (select count(*)::int from registration where email_key = '${email}' and expires_at > now()) as waiting,
            (select count(*)::int from account where email_key = '${email}') as accounts`,
  );
  return row;
}

describe('a sign-up', () => {
  // A stranger signs up with somebody's address, before or after them.
  test('of_a_stranger_with_the_same_address_touches_nothing', async () => {
    const own = await register(server, { siret: SIRETS.PARIS });
    const names = { given_name: 'Mal', family_name: 'Intention' };
    const other = await register(server, { email: own.email, siret: SIRETS.INSEE, ...names });
    assert.equal((await preview(own.token)).expect(200).body.family_name, 'Benali');
    assert.equal((await preview(other.token)).expect(200).body.siret, SIRETS.INSEE);
    (await use(own.token)).expect(200);
    assert.equal((await preview(other.token)).expect(422).body.type, DEAD);
    const stolen = await use(other.token, { password: 'girafe-turquoise-77-Mistral' });
    assert.equal(stolen.expect(422).body.type, DEAD);
    const { account, memberships } = (await server.client().logIn(own.email, PASSWORD)).body;
    assert.equal(account.family_name, 'Benali');
    assert.deepEqual(
      memberships.map(({ siret }) => siret),
      [SIRETS.PARIS],
    );
    assert.deepEqual(await keptOf(own.email), { waiting: 0, accounts: 1 });
  });

  test('of_a_stranger_with_the_address_of_an_account_touches_nothing', async () => {
    const known = await createAccount(server, { siret: SIRETS.CLAMART });
    const read = () => server.database.rows(`select * from account where email = '${known.email}'`);
    const before = await read();
    const form = signUpForm({ email: known.email, siret: SIRETS.LYON, given_name: 'Mal' });
    (await server.client().post('/v1/accounts', form)).expect(202);
    await mailsDone(server);
    assert.deepEqual(await read(), before);
    const links = await server.database.sql(
      `select count(*) from registration where email = '${known.email}' and secret_hash is not null`,
    );
    assert.deepEqual(links, ['0'], 'what was typed has no link');
    assert.deepEqual(await server.mailbox.list({ to: known.email, subject: /Activez/ }), []);
  });

  test('is_kept_five_times_for_an_address_and_the_sixth_is_answered_alike', async () => {
    const { email } = signUpForm();
    const tokens = [];
    for (let i = 0; i < 5; i++) tokens.push((await register(server, { email })).token);
    const answers = [];
    for (const one of [email, signUpForm().email]) {
      const answer = await server.client().post('/v1/accounts', signUpForm({ email: one }));
      answers.push(answer.expect(202).body);
    }
    assert.deepEqual(answers[0], answers[1]);
    await mailsDone(server);
    assert.equal((await server.mailbox.list({ to: email })).length, 5);
    assert.deepEqual(await keptOf(email), { waiting: 5, accounts: 0 });
    for (const token of tokens) (await preview(token)).expect(200);
    await server.database.sql(
      `update registration set expires_at = now() where id =
         (select id from registration where email = '${email}' limit 1)`,
    );
    await register(server, { email });
    assert.deepEqual(await keptOf(email), { waiting: 5, accounts: 0 }, 'a dead one makes room');
  });

  test('is_kept_as_often_for_the_address_of_an_account', async () => {
    const { email } = await createAccount(server);
    for (let i = 0; i < 7; i++) {
      (await server.client().post('/v1/accounts', signUpForm({ email }))).expect(202);
    }
    await mailsDone(server);
    assert.deepEqual(await keptOf(email), { waiting: 5, accounts: 1 });
    assert.equal((await server.mailbox.list({ to: email })).length, 5);
  });

  test('is_forgotten_with_the_account_that_has_the_address', async () => {
    const { client, email } = await logInAs(server);
    (await server.client().post('/v1/accounts', signUpForm({ email }))).expect(202);
    await mailsDone(server);
    assert.deepEqual(await keptOf(email), { waiting: 1, accounts: 1 });
    (await client.delete('/v1/account')).expect(204);
    assert.deepEqual(await keptOf(email), { waiting: 0, accounts: 0 });
  });

  test('is_kept_five_times_however_many_come_at_once', async () => {
    const { email } = signUpForm();
    const sirets = Object.values(SIRETS);
    for (const siret of sirets.slice(0, 4)) await register(server, { email, siret });
    // Two for the last place meet: neither row is inserted before both asked how many there are.
    await server.database.sql(
      `create function wait_at_a_barrier() returns trigger language plpgsql
         as 'begin perform pg_advisory_xact_lock_shared(77); return new; end';
       create trigger barrier before insert on registration for each row execute function wait_at_a_barrier()`,
    );
    const release = await server.database.hold('select pg_advisory_xact_lock(77)');
    const asked = sirets
      .slice(4, 6)
      .map((siret) => server.client().post('/v1/accounts', signUpForm({ email, siret })));
    await waitFor('both sign-ups', async () => {
      const [waiting] = await server.database.sql(
        `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return waiting === '2';
    });
    await release();
    for (const answer of await Promise.all(asked)) answer.expect(202);
    await server.database.sql('drop function wait_at_a_barrier cascade');
    await mailsDone(server);
    assert.deepEqual(await keptOf(email), { waiting: 5, accounts: 0 });
    assert.equal((await server.mailbox.list({ to: email })).length, 5);
  });

  test('is_forgotten_a_week_after_it_expired', async () => {
    const [young, old] = [await register(server), await register(server)];
    await grow(young.email, '7 days 23 hours 58 minutes');
    await grow(old.email, '8 days 1 minute');
    await runJob(server, 'retain_accounts');
    const rows = await server.database.sql(
      `select email from registration where email in ('${young.email}', '${old.email}')`,
    );
    assert.deepEqual(rows, [young.email]);
  });

  test('that_the_former_release_left_behind_gives_nobody_its_password', async () => {
    const known = await createAccount(server, { siret: SIRETS.CLAMART });
    const { email } = signUpForm();
    await server.database.sql(`
      with person as (
        insert into account (email, email_key, given_name, family_name, password_hash, current_siret)
        select '${email}', '${email}', 'Mal', 'Intention', password_hash, '${SIRETS.CLAMART}'
        from account where email = '${known.email}' returning id)
      insert into membership (account_id, siret, state) select id, '${SIRETS.CLAMART}', 'pending' from person`);
    const { token } = await register(server, { email, siret: SIRETS.LYON });
    const password = 'girafe-turquoise-77-Mistral';
    (await use(token, { password })).expect(200);
    (await server.client().post('/v1/session', { email, password: known.password })).expect(401);
    const { account, memberships } = (await server.client().logIn(email, password)).body;
    assert.equal(account.family_name, 'Benali');
    assert.deepEqual(
      memberships.map(({ siret }) => siret),
      [SIRETS.LYON],
    );
  });
});

test('names_that_look_like_addresses_or_turn_the_text_around_are_inert_in_mails', async () => {
  const siret = SIRETS.BORDEAUX;
  const member = await createAccount(server, { siret, domain: 'inerte.example' });
  const names = {
    given_name: 'Gagnez https://evil.example/x',
    family_name: 'www.evil.example\u202eba',
  };
  const form = signUpForm({ siret, domain: 'inerte.example', ...names });
  (await server.client().post('/v1/accounts', form)).expect(202);
  const activation = await server.mailbox.take({ to: form.email });
  (await use(activation.token)).expect(200);
  const newcomer = await server.mailbox.take({ to: member.email, subject: /rejoint/ });
  for (const { text, html, subject } of [activation, newcomer]) {
    for (const part of [text, html]) {
      assert.match(part, /Gagnez https:\u2060\/\/evil\.\u2060example/);
      for (const [address] of part.matchAll(/https?:\/\/[^\s"<]+/g)) {
        assert.ok(address.startsWith(server.url), address);
      }
    }
    assert.doesNotMatch(subject + text + html, /[\u202a-\u202e]|www\.evil|evil\.example/);
  }
  assert.ok(newcomer.text.includes(form.email), 'an address that was checked can be copied');
  const { account } = (await server.client().logIn(form.email, PASSWORD)).body;
  assert.deepEqual(
    [account.given_name, account.family_name],
    Object.values(names).map((name) => name.replaceAll('\u202e', '')),
  );
});

describe('activations', () => {
  const states = (answers) => answers.map(({ status }) => status).sort();

  test('of_one_link_at_once_make_one_account', async () => {
    const { email, token } = await register(server, { siret: SIRETS.LYON });
    const answers = await Promise.all(Array.from({ length: 6 }, () => use(token)));
    assert.deepEqual(states(answers), [200, 422, 422, 422, 422, 422]);
    assert.deepEqual(await keptOf(email), { waiting: 0, accounts: 1 });
  });

  test('of_two_registrations_at_once_let_one_win_with_all_of_its_own', async () => {
    for (let turn = 0; turn < 5; turn++) {
      const one = await register(server, { siret: SIRETS.LYON, family_name: 'Un' });
      const { email } = one;
      const two = await register(server, { email, siret: SIRETS.RENNES, family_name: 'Deux' });
      const passwords = ['girafe-turquoise-77-Mistral', 'parapluie-violet-42-Tramontane'];
      const answers = await Promise.all(
        [one, two].map(({ token }, i) => use(token, { password: passwords[i] })),
      );
      assert.deepEqual(states(answers), [200, 422]);
      const won = answers[0].status === 200 ? 0 : 1;
      const { account, memberships } = (await server.client().logIn(email, passwords[won])).body;
      assert.equal(account.family_name, [one, two][won].family_name);
      assert.deepEqual(
        memberships.map(({ siret }) => siret),
        [[one, two][won].siret],
      );
      const other = { email, password: passwords[1 - won] };
      (await server.client().post('/v1/session', other)).expect(401);
    }
  });

  for (const [way, take] of Object.entries({
    an_operator: (email) => createAccount(server, { email, password: 'une-autre-phrase-A9' }),
    a_person_who_changes_theirs: async (email) => {
      const { client } = await logInAs(server);
      (await client.post('/v1/account/email', { email })).expect(202);
      const { token } = await server.mailbox.take({ to: email, subject: /Confirmez/ });
      (await client.post('/v1/account/email-confirmation', { token })).expect(204);
    },
  })) {
    test(`of_an_address_that_${way}_took_meanwhile_touch_nothing`, async () => {
      const { email, token } = await register(server, { siret: SIRETS.LYON });
      await take(email);
      const read = () => server.database.rows(`select * from account where email = '${email}'`);
      const before = await read();
      assert.equal(before.length, 1);
      assert.deepEqual(await keptOf(email), { waiting: 0, accounts: 1 });
      assert.equal((await preview(token)).expect(422).body.type, DEAD);
      assert.equal((await use(token)).expect(422).body.type, DEAD);
      assert.deepEqual(await read(), before);
    });
  }

  // Between the sign-up and its mail the address got an account: the registration is still there.
  test('of_a_registration_beside_an_account_touch_nothing', async () => {
    const { email, token } = await register(server, { siret: SIRETS.LYON });
    await server.database.sql(
      `insert into account (email, email_key, given_name, family_name, state) values
       ('${email}', '${email}', 'Autre', 'Personne', 'active')`,
    );
    assert.equal((await preview(token)).expect(422).body.type, DEAD);
    assert.equal((await use(token)).expect(422).body.type, DEAD);
    (await server.client().post('/v1/accounts/activation-mail', { email })).expect(202);
    await server.mailbox.take({ to: email, subject: /déjà un compte/ });
    assert.equal((await use(token)).expect(422).body.type, DEAD);
  });

  test('and_a_change_of_address_at_once_let_one_of_them_have_it', async () => {
    const seen = new Set();
    for (let turn = 0; turn < 8; turn++) {
      const { email, token } = await register(server, { siret: SIRETS.LYON });
      const { client, email: former } = await logInAs(server);
      (await client.post('/v1/account/email', { email })).expect(202);
      const change = await server.mailbox.take({ to: email, subject: /Confirmez/ });
      const confirm = () => client.post('/v1/account/email-confirmation', { token: change.token });
      const acts = turn % 2 ? [() => use(token), confirm] : [confirm, () => use(token)];
      const answers = await Promise.all(acts.map((act) => act()));
      const [activated, confirmed] = turn % 2 ? answers : answers.reverse();
      const outcome = `${activated.status} ${confirmed.status}`;
      assert.ok(['200 409', '422 204'].includes(outcome), outcome);
      seen.add(outcome);
      assert.deepEqual(await keptOf(email), { waiting: 0, accounts: 1 });
      const kept = confirmed.status === 204 ? email : former;
      assert.equal((await client.get('/v1/account')).expect(200).body.email, kept);
    }
  });
});

describe('a new activation link', () => {
  const resend = async (email) =>
    (await server.client().post('/v1/accounts/activation-mail', { email })).expect(202);

  test('comes_for_each_registration_that_waits_and_the_former_ones_end', async () => {
    const one = await register(server, { siret: SIRETS.LILLE });
    const two = await register(server, { email: one.email, siret: SIRETS.LYON });
    await resend(one.email);
    const found = [];
    for (let i = 0; i < 2; i++) {
      const { token } = await server.mailbox.take({ to: one.email, subject: /Activez/ });
      found.push((await preview(token)).expect(200).body.siret);
    }
    assert.deepEqual(found.sort(), [one.siret, two.siret].sort());
    for (const { token } of [one, two]) (await use(token)).expect(422);
  });

  test('comes_for_the_newest_where_all_have_expired', async () => {
    const one = await register(server, { siret: SIRETS.LILLE });
    const two = await register(server, { email: one.email, siret: SIRETS.LYON });
    await grow(one.email, '30 hours');
    await resend(one.email);
    const { token } = await server.mailbox.take({ to: one.email, subject: /Activez/ });
    assert.equal((await preview(token)).expect(200).body.siret, two.siret);
    await mailsDone(server);
    assert.equal((await server.mailbox.list({ to: one.email })).length, 3);
    (await use(one.token)).expect(422);
    (await use(token)).expect(200);
  });

  test('comes_to_nobody_who_waits_for_none', async () => {
    const { email } = signUpForm();
    await resend(email);
    const { email: known } = await createAccount(server);
    await resend(known);
    await server.mailbox.take({ to: known, subject: /déjà un compte/ });
    await mailsDone(server);
    assert.deepEqual(await server.mailbox.list({ to: email }), []);
  });
});
