// The table of situation × person × event, as HTTP answers it: the same cells as
// tests/unit/request_policy.def. Who may is told by `permissions`; every other cell is tried.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { logInAs } from '../support/accounts.mjs';
import { patiently } from '../support/client.mjs';
import { cast, decide, draftRequest, saveRequest, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const TABLE = readFileSync(new URL('../unit/request_policy.def', import.meta.url), 'utf8');
const CELLS = [...TABLE.matchAll(/\{EVENT_(\w+), (\w+), "(.{10})"\}/g)].map(
  ([, event, person, cells]) => ({ event: event.toLowerCase(), person, cells }),
);
const STATUS = { s: 409, f: 403, '-': 404 };

let server;
let domain;
let people;
before(async () => {
  server = await startServer();
  const { applicant, instructor, domain: own } = await cast(server);
  domain = own;
  const dinum = { siret: SIRETS.DINUM, domain: 'dinum.example' };
  people = {
    APPLICANT: applicant,
    COLLEAGUE: await logInAs(server, { domain }),
    EXTERNAL: await logInAs(server, { domain: 'prestataire.example' }),
    CONTACT: await logInAs(server, { siret: SIRETS.LYON, domain: 'lyon.example' }),
    REPORTER: await logInAs(server, { ...dinum, role: 'reporter:api-entreprise' }),
    INSTRUCTOR: instructor,
    MANAGER: await logInAs(server, { ...dinum, role: 'manager:api-entreprise' }),
    INSTRUCTOR_OF_OTHER_PRODUCT: await logInAs(server, {
      ...dinum,
      role: 'instructor:api-particulier',
    }),
    INSTRUCTOR_WHO_IS_MEMBER: await logInAs(server, { domain, role: 'instructor:api-entreprise' }),
    INSTRUCTOR_WHO_IS_CONTACT: await logInAs(server, {
      ...dinum,
      role: 'instructor:api-entreprise',
    }),
    ADMIN: await logInAs(server, { ...dinum, role: 'admin' }),
    SUPPORT: await logInAs(server, { ...dinum, role: 'support' }),
    STRANGER: await logInAs(server, { siret: SIRETS.PARIS, domain: 'paris.example' }),
  };
  await server.database.sql(
    `update membership set state = 'external' where account_id = '${people.EXTERNAL.session.account.id}'`,
  );
});
after(() => server.stop());

const submitted = async () =>
  (
    await submitRequest(people.APPLICANT.client, {
      domain,
      patch: {
        contacts: {
          technical: { email: people.CONTACT.email },
          business: { email: people.INSTRUCTOR_WHO_IS_CONTACT.email },
        },
      },
    })
  ).id;
const decided = async (outcome, id) => {
  const reason = outcome === 'approve' ? {} : { reason: 'Motif' };
  (await decide(people.INSTRUCTOR.client, id ?? (id = await submitted()), outcome, reason)).expect(
    201,
  );
  return id;
};
const act = async (id, what) => {
  (await people.APPLICANT.client.post(`/v1/requests/${id}/${what}`)).expect(200);
  return id;
};
const reopened = async () => act(await decided('approve'), 'reopening');
const resubmitted = async () => {
  const id = await reopened();
  await saveRequest(people.APPLICANT.client, id, { title: 'Autre titre' });
  return act(id, 'submission');
};

// In the order of the table's columns.
const SITUATIONS = [
  ['draft', async () => (await draftRequest(people.APPLICANT.client, { domain })).id],
  ['submitted', submitted],
  ['changes_requested', () => decided('request_changes')],
  ['approved', () => decided('approve')],
  ['refused', () => decided('refuse')],
  ['revoked', async () => decided('revoke', await decided('approve'))],
  ['archived', async () => act(await decided('refuse'), 'archival')],
  ['reopened_draft', reopened],
  ['reopened_submitted', resubmitted],
  ['reopened_changes_requested', async () => decided('request_changes', await resubmitted())],
];

function attempt(client, path, event, etag) {
  const reason = { reason: 'Motif' };
  switch (event) {
    case 'edit':
      return client.patch(path, { title: 'Essai' }, { etag });
    case 'delete':
      return client.delete(path);
    case 'submit':
      return client.post(`${path}/submission`);
    case 'reopen':
      return client.post(`${path}/reopening`);
    case 'cancel_reopening':
      return client.request('DELETE', `${path}/reopening`, reason, { etag });
    case 'confirm':
      return client.post(`${path}/proposal/confirmation`, undefined, { etag });
    case 'decline':
      return client.request('DELETE', `${path}/proposal`, reason, { etag });
    case 'archive':
      return client.post(`${path}/archival`);
    case 'transfer':
      return client.post(`${path}/transfer`, { email: people.COLLEAGUE.email });
    case 'message':
    case 'note':
      return client.post(`${path}/${event}s`, { body: 'Essai' });
    case 'assign':
      return client.put(`${path}/assignee`, { account_id: null });
    default:
      return client.post(`${path}/decisions`, { outcome: event, ...reason }, { etag });
  }
}

/** `contract/takeovers` has these: whether one waits is no state of the request. */
const TAKEOVER = ['take_over', 'end_takeover'];

for (const [place, [name, reach]] of SITUATIONS.entries()) {
  test(`every_event_by_every_actor_is_answered_as_the_table_says_when_${name}`, async () => {
    const id = await reach();
    const path = `/v1/requests/${id}`;
    const { etag } = (await people.APPLICANT.client.get(path)).expect(200);
    await Promise.all(
      Object.entries(people).map(async ([person, { client }]) => {
        const column = CELLS.filter(
          (cell) => cell.person === person && !TAKEOVER.includes(cell.event),
        );
        const seen = await patiently(() => client.get(path));
        const may = column.filter(({ cells }) => cells[place] === 'y').map(({ event }) => event);
        assert.deepEqual(
          (seen.body.permissions ?? []).filter((act) => !TAKEOVER.includes(act)).toSorted(),
          may.toSorted(),
          person,
        );
        for (const { event, cells } of column) {
          if (cells[place] === 'y') continue;
          const { status } = await patiently(() => attempt(client, path, event, etag));
          assert.equal(status, STATUS[cells[place]], `${event} by ${person}`);
        }
      }),
    );
    assert.equal((await people.APPLICANT.client.get(path)).etag, etag, 'nothing has changed');
  });
}
