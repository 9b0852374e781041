// A product is data: one that nobody has programmed is asked for, judged and called like the others.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logInAs } from '../support/accounts.mjs';
import { answers, createRequest, decide, saveRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const PRODUCTS = fileURLToPath(new URL('../../api/products', import.meta.url));
const ID = 'api-foret';
let folder;
let server;
let applicant;
let instructor;

/** Another product's files under names of their own, with a form that asks for something more. */
async function plant() {
  await cp(PRODUCTS, folder, { recursive: true });
  const own = join(folder, ID);
  await cp(join(folder, 'api-particulier'), own, { recursive: true });
  for (const name of ['product.json', 'endpoints.json']) {
    const text = await readFile(join(own, name), 'utf8');
    await writeFile(
      join(own, name),
      text.replaceAll('api-particulier', ID).replaceAll('cnaf_', 'foret_'),
    );
  }
  const product = JSON.parse(await readFile(join(own, 'product.json'), 'utf8'));
  product.name = 'API Forêt';
  product.form_version = 'essai-1';
  product.token_lifetime_months = 2;
  const fields = product.form.blocks.flatMap((block) => block.fields);
  const volume = fields.find(({ name }) => name === 'expected_volume');
  Object.assign(volume, { required: true, missing_message: 'Comptez les arbres.' });
  product.use_cases.find(({ id }) => id === 'demande-libre').hidden_scopes = ['foret_adresse'];
  await writeFile(join(own, 'product.json'), JSON.stringify(product));
}

before(async () => {
  folder = await mkdtemp('/tmp/guichet-products-');
  await plant();
  server = await startServer({ env: { GUICHET_PRODUCTS_DIR: folder } });
  applicant = await logInAs(server, { domain: 'mairie.example' });
  instructor = await logInAs(server, { siret: SIRETS.DINUM, role: `instructor:${ID}` });
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a_product_defined_by_data_alone_works_from_form_to_calls', async () => {
  const { client } = applicant;
  const { body: product } = (await client.get(`/v1/products/${ID}`)).expect(200);
  assert.equal(product.name, 'API Forêt');
  const { body: request } = await createRequest(client, { product: ID });
  assert.equal(request.form_version, 'essai-1');
  const path = `/v1/requests/${request.id}`;
  const scopes = ['foret_quotient_familial', 'foret_allocataires'];
  const hidden = { scopes: [...scopes, 'foret_adresse'] };
  const refused = (await client.patch(path, hidden, { etag: '"1"' })).expect(422);
  assert.deepEqual(Object.values(refused.codes), ['not_allowed']);
  await saveRequest(client, request.id, { ...answers(), scopes });
  const { errors } = (await client.post(`${path}/submission`)).expect(422).body;
  assert.deepEqual(
    errors.map(({ pointer, message }) => [pointer, message]),
    [['/expected_volume', 'Comptez les arbres.']],
  );
  await saveRequest(client, request.id, { expected_volume: 1000 });
  (await client.post(`${path}/submission`)).expect(200);
  await server.mailbox.take({ to: instructor.email, subject: /à instruire/ });
  (await decide(instructor.client, request.id, 'approve')).expect(201);

  const { token_id: id } = (await client.get(path)).body;
  const { body: token } = (await client.get(`/v1/tokens/${id}`)).expect(200);
  const months = (Date.parse(token.expires_at) - Date.parse(token.created_at)) / 86_400_000 / 30;
  assert.equal(Math.round(months), 2);
  const { token: bearer } = (await client.post(`/v1/tokens/${id}/reveal`)).expect(200).body;
  const seen = await server.client().get(`/gateway/${ID}/privileges`, { bearer });
  assert.deepEqual(seen.expect(200).body.data.privileges.toSorted(), scopes.toSorted());
  assert.ok(seen.body.data.endpoints.length > 0);
});
