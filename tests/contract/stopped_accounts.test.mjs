// Accounts that administrators stop, and what stops with them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { logInAs, PASSWORD } from '../support/accounts.mjs';
import { mailsDone, webhooksDone } from '../support/barrier.mjs';
import { runJob } from '../support/jobs.mjs';
import { Listener } from '../support/listener.mjs';
import { createRequest, decide, submitRequest } from '../support/requests.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { totpCode } from '../support/totp.mjs';

const DINUM = { siret: SIRETS.DINUM, domain: 'dinum.example' };
const REASON = { reason: 'Le compte semble avoir été pris.' };

let server;
let second; // another instance on the same database
let admin;
let support;
before(async () => {
  const env = {
    GUICHET_SUPPORT_EMAIL: 'aide@guichet.example',
    GUICHET_WEBHOOK_LOOPBACK: 'on',
  };
  server = await startServer({ env });
  const { database, dataDir } = server;
  second = await startServer({ env: { ...env, GUICHET_WORKER: 'off' }, database, dataDir });
  admin = await logInAs(server, { ...DINUM, role: 'admin' });
  support = await logInAs(server, { ...DINUM, role: 'support' });
});
after(async () => {
  await second.stop();
  await server.stop();
});

const pathOf = (person) => `/v1/accounts/${person.session.account.id}`;
const suspend = (who, person, body = REASON) =>
  who.client.put(`${pathOf(person)}/suspension`, body);
const lift = (who, person, body) =>
  who.client.request('DELETE', `${pathOf(person)}/suspension`, body);
const logIn = (person, password = PASSWORD, client = server.client()) =>
  client.post('/v1/session', { email: person.email, password });
const actionsOn = async (person) =>
  (await admin.client.get(`/v1/audit?object_id=${person.session.account.id}&limit=100`))
    .expect(200)
    .body.items.map(({ action }) => action);

describe('a suspension', () => {
  test('ends_the_sessions_on_every_instance_and_tells_the_person', async () => {
    const person = await logInAs(server);
    const elsewhere = second.client();
    elsewhere.cookies = new Map(person.client.cookies);
    (await elsewhere.get('/v1/account')).expect(200);
    const answer = (await suspend(admin, person)).expect(200);
    assert.equal(answer.body.state, 'suspended');
    assert.equal(answer.body.suspension.reason, REASON.reason);
    assert.equal(answer.body.suspension.until, null);
    assert.equal(answer.body.suspension.by.email, admin.email);
    assert.equal(answer.body.sessions, 0);
    (await person.client.get('/v1/account')).expect(401);
    (await elsewhere.get('/v1/account')).expect(401);
    const mail = await server.mailbox.take({ to: person.email, subject: /suspendu/ });
    assert.match(mail.text, /aide@guichet\.example/);
    assert.ok(mail.text.includes(REASON.reason));
    assert.match(mail.text, /jusqu’à ce qu’un administrateur la lève/);
    assert.ok((await actionsOn(person)).includes('account.suspend'));
  });

  test('is_told_at_log_in_after_the_right_password_only', async () => {
    const person = await logInAs(server);
    (await suspend(admin, person)).expect(200);
    const told = (await logIn(person)).expect(403);
    assert.match(told.body.type, /account-suspended$/);
    assert.match(told.body.detail, /aide@guichet\.example/);
    assert.equal(told.headers['set-cookie'], undefined);
    const wrong = (await logIn(person, 'not-the-password-at-all')).expect(401);
    assert.match(wrong.body.type, /bad-credentials$/);
    assert.doesNotMatch(JSON.stringify(wrong.body), /suspendu/);
  });

  test('stops_programs_and_webhooks_and_reveals_while_tokens_live_on', async () => {
    const domain = 'ville-stop.example';
    const person = await logInAs(server, { domain });
    const instructor = await logInAs(server, { ...DINUM, role: 'instructor:api-entreprise' });
    const { id } = await submitRequest(person.client, { domain });
    (await decide(instructor.client, id, 'approve')).expect(201);
    const [token] = (await person.client.get('/v1/tokens')).expect(200).body.items;
    const string = (await person.client.post(`/v1/tokens/${token.id}/reveal`)).expect(200).body
      .token;
    const scopes = ['requests:read', 'tokens:write'];
    const program = (
      await person.client.post('/v1/clients', { name: 'Paie', siret: SIRETS.CLAMART, scopes })
    ).expect(201).body;
    const form = () =>
      new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: program.client.id,
        client_secret: program.client_secret,
      });
    const { access_token: bearer } = (await server.client().post('/v1/oauth/token', form())).expect(
      200,
    ).body;
    const listener = await new Listener().start();
    const hook = {
      product: 'api-entreprise',
      siret: SIRETS.CLAMART,
      url: listener.url,
      events: ['request.created'],
    };
    (await person.client.post('/v1/webhooks', hook)).expect(201);
    try {
      (await suspend(admin, person)).expect(200);
      for (const one of [server, second]) {
        (await one.client().get('/v1/requests', { bearer })).expect(401);
        (await one.client().post(`/v1/tokens/${token.id}/rotation`, {}, { bearer })).expect(401);
        (await one.client().post('/v1/oauth/token', form())).expect(401);
      }
      (await person.client.post(`/v1/tokens/${token.id}/reveal`)).expect(401);
      const colleague = await logInAs(server, { domain });
      await createRequest(colleague.client);
      await webhooksDone(server);
      assert.equal(listener.received.length, 0);
      const privileges = await server
        .client()
        .get('/gateway/api-entreprise/privileges', { bearer: string });
      privileges.expect(200);
      (await lift(admin, person)).expect(204);
      (await server.client().get('/v1/requests', { bearer })).expect(200);
      await createRequest(colleague.client);
      await listener.take('request.created');
    } finally {
      await listener.stop();
    }
  });

  test('takes_the_roles_of_the_staff_with_it', async () => {
    const instructor = await logInAs(server, { ...DINUM, role: 'instructor:api-entreprise' });
    const applicant = await logInAs(server, { domain: 'ville-roles.example' });
    const { id } = await submitRequest(applicant.client, { domain: 'ville-roles.example' });
    const assign = () =>
      admin.client.put(`/v1/requests/${id}/assignee`, {
        account_id: instructor.session.account.id,
      });
    const boss = await logInAs(server, { ...DINUM, role: 'manager:api-entreprise' });
    (await suspend(admin, instructor)).expect(200);
    await mailsDone(server);
    await submitRequest(applicant.client, { domain: 'ville-roles.example' });
    await server.mailbox.take({ to: boss.email, subject: /instruire/ });
    await mailsDone(server);
    const mails = await server.mailbox.list({ to: instructor.email, subject: /instruire/ });
    assert.equal(mails.length, 1, 'the first submission was told before the suspension');
    (await assign()).expect(403, 422);
  });

  test('ends_by_itself', async () => {
    const person = await logInAs(server);
    const until = new Date(Date.now() + 3600_000).toISOString();
    const { body } = (await suspend(admin, person, { ...REASON, until })).expect(200);
    assert.equal(Date.parse(body.suspension.until), Date.parse(until));
    assert.match((await logIn(person)).expect(403).body.detail, /jusqu’au/);
    const mail = await server.mailbox.take({ to: person.email, subject: /suspendu/ });
    assert.match(mail.text, /prendra fin le/);
    await server.database.sql(
      `update account set suspended_until = now() - interval '1 second' where email = '${person.email}'`,
    );
    await server.client().logIn(person.email, PASSWORD);
    assert.equal((await support.client.get(pathOf(person))).body.state, 'active');
    (await lift(admin, person)).expect(409);
  });

  test('is_changed_by_another_one_and_lifted_once', async () => {
    const person = await logInAs(server);
    const first = (await suspend(admin, person)).expect(200).body;
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const changed = (await suspend(admin, person, { reason: 'Autre chose.', until })).expect(200);
    assert.equal(changed.body.suspension.since, first.suspension.since);
    assert.equal(changed.body.suspension.reason, 'Autre chose.');
    (await lift(admin, person, { reason: 'Tout va bien.' })).expect(204);
    await server.mailbox.take({ to: person.email, subject: /n’est plus suspendu/ });
    await server.client().logIn(person.email, PASSWORD);
    (await lift(admin, person)).expect(409);
    assert.ok((await actionsOn(person)).includes('account.lift_suspension'));
  });

  test('names_every_mistake', async () => {
    const person = await logInAs(server);
    const codes = async (body) => (await suspend(admin, person, body)).expect(422).codes;
    assert.deepEqual(await codes({}), { '/reason': 'required' });
    assert.deepEqual(await codes({ reason: '', until: 'demain', extra: 1 }), {
      '/extra': 'unknown_member',
      '/reason': 'required',
      '/until': 'invalid_format',
    });
    assert.deepEqual(await codes({ ...REASON, until: '2020-01-01T00:00:00Z' }), {
      '/until': 'out_of_range',
    });
    assert.deepEqual(await codes({ ...REASON, until: 5 }), { '/until': 'wrong_type' });
    (await person.client.get('/v1/account')).expect(200);
  });

  test('is_for_administrators_never_oneself_nor_the_last_one', async () => {
    const person = await logInAs(server);
    const manager = await logInAs(server, { ...DINUM, role: 'manager:api-entreprise' });
    for (const who of [person, manager, support]) {
      (await suspend(who, person)).expect(403);
      (await lift(who, person)).expect(403);
      (await who.client.delete(`${pathOf(person)}/sessions`)).expect(403);
    }
    (await suspend(admin, admin)).expect(403);
    const shouted = `/v1/accounts/${admin.session.account.id.toUpperCase()}`;
    (await admin.client.put(`${shouted}/suspension`, REASON)).expect(403);
    (await admin.client.delete(`${shouted}/sessions`)).expect(403);
    (await admin.client.request('DELETE', `${shouted}/second-factor`, REASON)).expect(403);
    const last = await runProgram(['suspend-account', admin.email, '--reason', 'x'], {
      env: server.env,
    });
    assert.equal(last.code, 1);
    assert.match(last.stderr, /dernier compte administrateur/);
  });

  test('leaves_one_of_two_administrators_who_suspend_each_other_at_once', async () => {
    for (let round = 0; round < 5; round++) {
      const other = await logInAs(server, { ...DINUM, role: 'admin' });
      const third = await logInAs(server, { ...DINUM, role: 'admin' });
      await server.database.sql(
        `update account set suspended_at = now(), suspension_reason = 'x' where email = '${admin.email}'`,
      );
      const statuses = (await Promise.all([suspend(other, third), suspend(third, other)])).map(
        ({ status }) => status,
      );
      assert.equal(statuses.filter((status) => status === 200).length, 1, String(statuses));
      await server.database.sql(
        `update account set suspended_at = null, suspension_reason = null, suspended_by = null
         where email = '${admin.email}'`,
      );
      await server.database.sql(
        `delete from staff_role using account a
         where a.id = account_id and a.email in ('${other.email}', '${third.email}')`,
      );
    }
  });

  test('is_made_and_lifted_by_commands', async () => {
    const person = await logInAs(server);
    await server.command(['suspend-account', person.email, '--reason', 'Compte pris.']);
    (await person.client.get('/v1/account')).expect(401);
    assert.equal((await support.client.get(pathOf(person))).body.suspension.by, null);
    await server.command(['reinstate-account', person.email]);
    await server.client().logIn(person.email, PASSWORD);
    const past = ['--reason', 'x', '--until', '2020-01-01T00:00:00Z'];
    for (const args of [
      ['suspend-account', person.email, ...past],
      ['suspend-account', 'nobody@mairie.example', '--reason', 'x'],
      ['reinstate-account', person.email],
    ]) {
      assert.equal((await runProgram(args, { env: server.env })).code, 1, args.join(' '));
    }
  });
});

test('an_administrator_ends_the_sessions_of_an_account', async () => {
  const person = await logInAs(server);
  (await admin.client.delete(`${pathOf(admin)}/sessions`)).expect(403);
  (await admin.client.delete(`${pathOf(person)}/sessions`)).expect(204);
  (await person.client.get('/v1/account')).expect(401);
  await server.mailbox.take({ to: person.email, subject: /sessions ont pris fin/ });
  await server.client().logIn(person.email, PASSWORD);
  assert.ok((await actionsOn(person)).includes('account.end_sessions'));
});

describe('a second factor that was lost', () => {
  async function enrolled() {
    const person = await logInAs(server);
    const { secret } = (await person.client.post('/v1/account/second-factor')).expect(201).body;
    const code = totpCode(secret, -1);
    (await person.client.post('/v1/account/second-factor/confirmation', { code })).expect(200);
    return { ...person, secret };
  }
  const reset = (who, person, body = { reason: 'Téléphone perdu.' }) =>
    who.client.request('DELETE', `${pathOf(person)}/second-factor`, body);
  const factorOf = async (person) =>
    (await support.client.get(pathOf(person))).expect(200).body.second_factor;
  const makeDue = (person) =>
    server.database.sql(
      `update second_factor_reset set due_at = now() where account_id = '${person.session.account.id}'`,
    );

  test('is_removed_after_a_day', async () => {
    const person = await enrolled();
    const { body } = (await reset(admin, person)).expect(202);
    const waits = Date.parse(body.due_at) - Date.parse(body.asked_at);
    assert.equal(waits, 24 * 3600_000);
    assert.deepEqual((await factorOf(person)).reset, body);
    const mail = await server.mailbox.take({ to: person.email, subject: /sera retiré/ });
    assert.match(mail.text, /Téléphone perdu/);
    (await reset(admin, person)).expect(409);
    await runJob(server, 'second_factor_resets');
    assert.equal((await factorOf(person)).enrolled, true);
    await makeDue(person);
    await runJob(server, 'second_factor_resets');
    assert.deepEqual(await factorOf(person), { enrolled: false, required: false, reset: null });
    (await person.client.get('/v1/account')).expect(401);
    await server.mailbox.take({ to: person.email, subject: /a été retiré/ });
    const again = await server.client().logIn(person.email, PASSWORD);
    assert.equal(again.body.second_factor, 'not_required');
    const actions = await actionsOn(person);
    assert.ok(actions.includes('account.ask_second_factor_reset'));
    assert.ok(actions.includes('account.reset_second_factor'));
  });

  test('is_removed_at_once_when_a_second_administrator_confirms', async () => {
    const person = await enrolled();
    const other = await logInAs(server, { ...DINUM, role: 'admin' });
    (await reset(admin, person)).expect(202);
    (await reset(other, person)).expect(204);
    assert.equal((await factorOf(person)).enrolled, false);
    (await person.client.get('/v1/account')).expect(401);
    await server.database.sql(
      `delete from staff_role using account a where a.id = account_id and a.email = '${other.email}'`,
    );
  });

  test('is_kept_by_a_person_who_shows_it', async () => {
    const person = await enrolled();
    (await reset(admin, person)).expect(202);
    const browser = server.client();
    await browser.logIn(person.email, PASSWORD);
    assert.notEqual((await factorOf(person)).reset, null, 'the password alone proves nothing');
    const code = totpCode(person.secret);
    (await browser.post('/v1/session/second-factor', { code })).expect(200);
    assert.equal((await factorOf(person)).reset, null);
    await server.mailbox.take({ to: person.email, subject: /est conservé/ });
    (await admin.client.delete(`${pathOf(person)}/second-factor/reset`)).expect(409);
  });

  test('is_kept_when_an_administrator_calls_it_off', async () => {
    const person = await enrolled();
    (await reset(admin, person)).expect(202);
    (await support.client.delete(`${pathOf(person)}/second-factor/reset`)).expect(403);
    (await admin.client.delete(`${pathOf(person)}/second-factor/reset`)).expect(204);
    assert.deepEqual(await factorOf(person), { enrolled: true, required: false, reset: null });
    await server.mailbox.take({ to: person.email, subject: /est conservé/ });
  });

  test('is_kept_where_the_one_who_asked_was_stopped_meanwhile', async () => {
    const person = await enrolled();
    const other = await logInAs(server, { ...DINUM, role: 'admin' });
    (await reset(other, person)).expect(202);
    (await suspend(admin, other)).expect(200);
    await makeDue(person);
    await runJob(server, 'second_factor_resets');
    assert.deepEqual(await factorOf(person), { enrolled: true, required: false, reset: null });
    await server.database.sql(
      `delete from staff_role using account a where a.id = account_id and a.email = '${other.email}'`,
    );
  });

  test('is_for_administrators_and_never_their_own', async () => {
    const person = await enrolled();
    (await reset(support, person)).expect(403);
    (await reset(admin, admin)).expect(403);
    assert.deepEqual((await reset(admin, person, {})).expect(422).codes, {
      '/reason': 'required',
    });
    const without = await logInAs(server);
    (await reset(admin, without)).expect(409);
  });
});
