// The life of a request as its applicant and its instructor see it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { logInAs } from '../support/accounts.mjs';
import {
  answers,
  cast,
  createRequest,
  decide,
  draftRequest,
  saveRequest,
  submitRequest,
} from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

let server;
let people;
before(async () => {
  server = await startServer();
  people = await cast(server);
});
after(() => server.stop());

test('a_request_goes_from_draft_to_approval', async () => {
  const { applicant, instructor, domain } = people;
  const { body: draft } = await createRequest(applicant.client, { useCase: 'marches-publics' });
  assert.equal(draft.state, 'draft');
  assert.match(draft.number, /^D\d+$/);
  assert.equal(draft.title, 'Candidatures aux marchés publics');
  assert.ok(draft.scopes.includes('open_data_extrait_rcs_infogreffe'));
  assert.ok(draft.permissions.includes('edit') && draft.permissions.includes('delete'));
  await saveRequest(applicant.client, draft.id, answers({ domain }));
  const submitted = (await applicant.client.post(`/v1/requests/${draft.id}/submission`)).expect(
    200,
  );
  assert.equal(submitted.body.state, 'submitted');
  (await decide(instructor.client, draft.id, 'approve', { message: 'Bienvenue' })).expect(201);
  const { body: approved } = (await applicant.client.get(`/v1/requests/${draft.id}`)).expect(200);
  assert.equal(approved.state, 'approved');
  assert.ok(approved.habilitation_id && approved.token_id);
  const { body: habilitation } = (
    await applicant.client.get(`/v1/habilitations/${approved.habilitation_id}`)
  ).expect(200);
  assert.match(habilitation.number, /^H\d+$/);
  const document = (
    await applicant.client.get(`/v1/habilitations/${habilitation.id}/document`)
  ).expect(200);
  (await import('node:fs')).writeFileSync('/tmp/hab.pdf', document.bytes);
  const seen = (
    await server.client().get(`/v1/habilitation-confirmations/${habilitation.confirmation_code}`)
  ).expect(200);
  assert.equal(seen.body.state, 'active');
});
