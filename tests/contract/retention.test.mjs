// What is not needed any longer goes by itself (api/deploy/PRIVACY.md): time is moved back by SQL, then the job runs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAccount, logInAs } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { runJob } from '../support/jobs.mjs';
import { cast, decide, draftRequest, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

let server;
let people;
before(async () => {
  server = await startServer();
  people = await cast(server);
});
after(() => server.stop());

const rows = (sql) => server.database.rows(sql);
const accountOf = async (email) =>
  (await rows(`select * from account where email = '${email}'`))[0];

test('an_account_without_log_in_is_warned_and_deleted_thirty_days_later', async () => {
  const used = await createAccount(server, { siret: SIRETS.LYON });
  const { email } = await createAccount(server, { siret: SIRETS.LYON, familyName: 'Oubliée' });
  const { id } = await accountOf(email);
  const seen = (ago) =>
    server.database.sql(
      `update account set activated_at = null, created_at = now(), last_login_at = now() - interval '${ago}' where id = '${id}'`,
    );
  await seen('22 months');
  await runJob(server, 'inactive_accounts');
  assert.equal((await accountOf(email)).inactive_warned_at, null, 'not yet');
  await seen('24 months');
  for (let i = 0; i < 2; i++) await runJob(server, 'inactive_accounts');
  const mail = await server.mailbox.take({ to: email, subject: /sera supprimé/ });
  assert.match(mail.text, /d’ici 30 jours/);
  await mailsDone(server);
  const [{ n }] = await rows(
    `select count(*) as n from outbox where template = 'account_inactive' and account_id = '${id}'`,
  );
  assert.equal(n, 1, 'warned once');
  await server.database.sql(
    `update account set inactive_warned_at = now() - interval '31 days' where id = '${id}'`,
  );
  // Who logs in again is not inactive; the warning of before does not count.
  await seen('1 day');
  await runJob(server, 'inactive_accounts');
  assert.equal((await accountOf(email)).state, 'active');
  await seen('25 months');
  await server.database.sql(
    `update account set inactive_warned_at = now() - interval '29 days' where id = '${id}'`,
  );
  await runJob(server, 'inactive_accounts');
  assert.equal((await accountOf(email)).state, 'active');
  await server.database.sql(
    `update account set inactive_warned_at = now() - interval '31 days' where id = '${id}'`,
  );
  await runJob(server, 'inactive_accounts');
  await server.mailbox.take({ to: email, subject: /a été supprimé/ });
  const [gone] = await rows(`select state, family_name from account where id = '${id}'`);
  assert.deepEqual(gone, { state: 'deleted', family_name: 'supprimé' });
  assert.equal((await accountOf(used.email)).state, 'active');
  const audits = await rows(
    `select actor_kind from audit where action = 'account.delete' and subject_id = '${id}'`,
  );
  assert.deepEqual(audits, [{ actor_kind: 'system' }]);
});

test('an_account_that_something_depends_on_is_not_inactive', async () => {
  const { id: request } = await submitRequest(people.applicant.client, { domain: people.domain });
  const admin = await createAccount(server, { siret: SIRETS.DINUM, role: 'admin' });
  const responsible = await logInAs(server, { siret: SIRETS.LYON });
  const program = { name: 'Portail', siret: SIRETS.LYON, scopes: ['usage:read'] };
  (await responsible.client.post('/v1/clients', program)).expect(201);
  const emails = [people.applicant.email, admin.email, responsible.email];
  const grow = () =>
    server.database.sql(
      `update account set last_login_at = now() - interval '30 months', inactive_warned_at = now() - interval '2 months'
       where email in (${emails.map((email) => `'${email}'`).join(', ')})`,
    );
  const all = async () =>
    Promise.all(emails.map(async (email) => (await accountOf(email))?.state ?? 'gone'));
  await grow();
  await runJob(server, 'inactive_accounts');
  assert.deepEqual(await all(), ['active', 'active', 'active'], 'a request that waits');
  (await decide(people.instructor.client, request, 'approve')).expect(201);
  await grow();
  await runJob(server, 'inactive_accounts');
  assert.deepEqual(await all(), ['active', 'active', 'active'], 'a token that lives');
});

test('refused_and_archived_requests_are_deleted_after_two_years_approved_ones_never', async () => {
  const { applicant, instructor, domain } = await cast(server);
  const draft = await draftRequest(applicant.client, { domain });
  const archived = await draftRequest(applicant.client, { domain });
  const { etag } = await applicant.client.get(`/v1/requests/${archived.id}`);
  (await applicant.client.post(`/v1/requests/${archived.id}/archival`, {}, { etag })).expect(200);
  const refused = await submitRequest(applicant.client, { domain });
  (await decide(instructor.client, refused.id, 'refuse', { reason: 'Non.' })).expect(201);
  const revoked = await submitRequest(applicant.client, { domain });
  (await decide(instructor.client, revoked.id, 'approve')).expect(201);
  (await decide(instructor.client, revoked.id, 'revoke', { reason: 'Fin.' })).expect(201);
  const ids = [draft, archived, refused, revoked].map(({ id }) => `'${id}'`).join(', ');
  const grow = (months) =>
    server.database.sql(
      `set session_replication_role = replica; update request set updated_at = now() - interval '${months} months' where id in (${ids})`,
    );
  const left = async () =>
    (await rows(`select id from request where id in (${ids})`)).map(({ id }) => id).sort();
  await grow(23);
  await runJob(server, 'closed_requests');
  assert.equal((await left()).length, 4);
  await grow(25);
  await runJob(server, 'closed_requests');
  assert.deepEqual(await left(), [draft.id, revoked.id].sort());
  const [{ n }] = await rows(
    `select count(*) as n from audit where action = 'request.delete' and subject_id in (${ids})`,
  );
  assert.equal(n, 2);
});

test('addresses_of_callers_are_forgotten_and_the_audit_still_verifies', async () => {
  const { applicant, instructor, domain } = await cast(server);
  const { id } = await submitRequest(applicant.client, { domain });
  (await decide(instructor.client, id, 'approve')).expect(201);
  const token = (await applicant.client.get(`/v1/requests/${id}`)).body.token_id;
  (await applicant.client.post(`/v1/tokens/${token}/reveal`)).expect(200);
  const share = { email: `prestataire@${domain}` };
  (await applicant.client.post(`/v1/tokens/${token}/shares`, share)).expect(201);
  const held = async () =>
    (
      await rows(`select (select count(*) from audit where address is not null and at < now() - interval '1 year') as audit,
        (select count(*) from token_reveal where address is not null and token_id = '${token}') as reveals,
        (select count(*) from token_share where token_id = '${token}') as shares`)
    )[0];
  await waitFor(
    'the seals',
    async () => (await rows('select count(*) as n from audit_unsealed'))[0].n === 0,
  );
  for (const job of ['audit_addresses', 'token_addresses']) await runJob(server, job);
  assert.deepEqual(await held(), { audit: 0, reveals: 1, shares: 1 });
  // A row of long ago, as the program would have sealed it then: the clock of the database is what moves.
  await server.database.sql(`set session_replication_role = replica;
    update token_reveal set at = at - interval '13 months' where token_id = '${token}';
    update token_share set expires_at = expires_at - interval '13 months' where token_id = '${token}';
    update audit set at = at - interval '13 months' where address is not null;
    delete from audit_seal;
    insert into audit_unsealed (audit_id) select id from audit`);
  await logInAs(server, { siret: SIRETS.LYON });
  await waitFor(
    'the seals',
    async () => (await rows('select count(*) as n from audit_unsealed'))[0].n === 0,
  );
  assert.ok((await held()).audit > 0);
  for (const job of ['audit_addresses', 'token_addresses']) await runJob(server, job);
  assert.deepEqual(await held(), { audit: 0, reveals: 0, shares: 0 });
  assert.match(await server.command(['verify-audit']), /the chain is whole/);
});

test('mails_are_forgotten_once_sent_and_a_while_after_they_were_given_up', async () => {
  const { email } = await createAccount(server, { siret: SIRETS.LYON });
  await server.client().post('/v1/password-reset-mail', { email });
  const { token } = await server.mailbox.take({ to: email, subject: /mot de passe/i });
  await mailsDone(server);
  const mails = () =>
    rows(`select state, data, sealed from outbox where recipient = '${email}' order by state`);
  assert.deepEqual(await mails(), [{ state: 'sent', data: {}, sealed: null }]);
  await server.database.sql(`insert into outbox (template, recipient, state, sealed, created_at)
    values ('password_reset', '${email}', 'parked', 's1.x', now() - interval '89 days');
    update outbox set created_at = now() - interval '29 days' where recipient = '${email}' and state = 'sent'`);
  await runJob(server, 'mails');
  assert.equal((await mails()).length, 2);
  await server.database.sql(
    `update outbox set created_at = created_at - interval '2 days' where recipient = '${email}'`,
  );
  await runJob(server, 'mails');
  assert.deepEqual(await mails(), []);
  assert.ok(token);
});

test('a_link_stands_nowhere_in_clear_while_its_mail_waits', async () => {
  const { email } = await createAccount(server, { siret: SIRETS.LYON });
  await server.database.sql(`create function hold() returns trigger language plpgsql as
    'begin new.next_attempt_at := now() + interval ''20 minutes''; return new; end';
    create trigger hold before insert on outbox for each row execute function hold()`);
  await server.client().post('/v1/password-reset-mail', { email });
  const waiting = `from outbox where recipient = '${email}' and state = 'sealed'`;
  await waitFor('the mail', async () => (await rows(`select 1 as x ${waiting}`)).length === 1);
  const [{ text }] = await rows(
    `select row_to_json(o)::text as text from outbox o where recipient = '${email}'`,
  );
  assert.doesNotMatch(text, /mot-de-passe|#|Camille/);
  await server.database.sql(`drop trigger hold on outbox; drop function hold();
    update outbox set next_attempt_at = now() where recipient = '${email}'`);
  const mail = await server.mailbox.take({ to: email, subject: /mot de passe/i });
  assert.match(mail.text, /mot-de-passe#[\w-]{43}/);
});

test('thousands_of_accounts_that_were_never_activated_go_in_one_run', async () => {
  await server.database.sql(`
    insert into account (email, email_key, given_name, family_name, state, updated_at)
    select 'attente-' || n || '@mairie.example', 'attente-' || n || '@mairie.example', 'A', 'A', 'pending',
           now() - case when n > 2500 then interval '29 days' else interval '31 days' end
    from generate_series(1, 2501) n`);
  await runJob(server, 'retain_accounts');
  const left = await server.database.sql(
    "select email from account where email like 'attente-%@mairie.example'",
  );
  assert.deepEqual(left, ['attente-2501@mairie.example']);
});
