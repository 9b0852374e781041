// Days and ends: those of Paris where nobody knows the reader's clock, and one moment wherever an end is told.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runJob } from '../support/jobs.mjs';
import { approvedToken, cast } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';

let server;
let people;
before(async () => {
  server = await startServer();
  people = await cast(server);
});
after(() => server.stop());

const paris = (moment) => {
  const parts = new Intl.DateTimeFormat('fr-FR', {
    timeZone: 'Europe/Paris',
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(new Date(moment));
  return `${parts.replace(' ', ' à ')} (heure de Paris)`;
};

test('days_and_months_are_those_of_paris_over_changes_of_hour', async () => {
  const say = async (expression) =>
    (await server.database.rows(`select (${expression})::text as said`))[0].said;
  for (const [moment, said] of [
    ['2026-03-28T23:30:00Z', '29/03/2026 à 00:30 (heure de Paris)'],
    ['2026-03-29T00:59:59Z', '29/03/2026 à 01:59 (heure de Paris)'],
    ['2026-03-29T01:00:00Z', '29/03/2026 à 03:00 (heure de Paris)'],
    ['2026-03-29T21:59:59Z', '29/03/2026 à 23:59 (heure de Paris)'],
    ['2026-10-24T22:00:00Z', '25/10/2026 à 00:00 (heure de Paris)'],
    ['2026-10-25T00:30:00Z', '25/10/2026 à 02:30 (heure de Paris)'],
    ['2026-10-25T01:30:00Z', '25/10/2026 à 02:30 (heure de Paris)'],
    ['2026-10-25T22:59:59Z', '25/10/2026 à 23:59 (heure de Paris)'],
  ]) {
    assert.equal(await say(`paris_time('${moment}')`), said);
    assert.equal(await say(`paris_day('${moment}')`), said.slice(0, 10));
    assert.equal(paris(moment), said);
  }
  for (const [moment, month] of [
    ['2026-03-31T21:59:59Z', '2026-02-28T23:00:00.000Z'],
    ['2026-03-31T22:00:00Z', '2026-03-31T22:00:00.000Z'],
    ['2026-10-31T22:59:59Z', '2026-09-30T22:00:00.000Z'],
    ['2026-10-31T23:30:00Z', '2026-10-31T23:00:00.000Z'],
  ]) {
    assert.equal(await say(`api_time(paris_month('${moment}'))`), month);
  }
});

test('the_end_of_a_token_is_one_moment_in_string_answer_list_and_mails', async () => {
  const { id } = await approvedToken(people);
  const { client, email } = people.applicant;
  const { body: token } = (await client.get(`/v1/tokens/${id}`)).expect(200);
  const { token: string } = (await client.post(`/v1/tokens/${id}/reveal`)).expect(200).body;
  const { exp } = JSON.parse(Buffer.from(string.split('.')[1], 'base64url').toString());
  assert.equal(Date.parse(token.expires_at), exp * 1000);
  const listed = (await client.get('/v1/tokens')).expect(200).body.items.find((t) => t.id === id);
  assert.equal(listed.expires_at, token.expires_at);
  const ready = await server.mailbox.take({ to: email, subject: /jeton/i });
  assert.ok(ready.text.includes(`jusqu’au ${paris(token.expires_at)}`), ready.text);

  // At 23:30 of UTC it is tomorrow in Paris, in winter and in summer.
  const end = new Date(Date.now() + 10 * 86_400_000);
  end.setUTCHours(23, 30, 0, 0);
  await server.database.sql(
    `update token set expires_at = '${end.toISOString()}' where id = '${id}'`,
  );
  await runJob(server, 'token_notices');
  const notice = await server.mailbox.take({ to: email, subject: /fin de validité/ });
  assert.ok(notice.subject.includes(paris(end)), notice.subject);
  assert.ok(notice.text.includes(`le ${paris(end)}`), notice.text);
  const moved = (await client.get(`/v1/tokens/${id}`)).expect(200).body;
  assert.equal(moved.expires_at, end.toISOString());
});

test('public_figures_count_by_months_of_paris', async () => {
  const { body: before } = (await server.client().get('/v1/statistics')).expect(200);
  const [{ month, start, earlier }] = await server.database.rows(
    `select to_char(now() at time zone 'Europe/Paris', 'YYYY-MM') as month,
            api_time(paris_month(now())) as start,
            api_time(paris_month(now()) - interval '1 second') as earlier`,
  );
  assert.equal(before.months.length, 12);
  assert.equal(before.months.at(-1).month, month);
  const submissions = async (at) => {
    await server.database.sql(
      `insert into decision (request_id, decided_by, request_version, outcome, reason, at)
       select request_id, decided_by, request_version, 'refuse', 'x', '${at}' from decision limit 1`,
    );
    const { body } = (await server.client().get('/v1/statistics')).expect(200);
    return body.months.slice(-2).map(({ refusals }) => refusals);
  };
  assert.deepEqual(await submissions(earlier), [1, 0]);
  assert.deepEqual(await submissions(start), [1, 1]);
});
