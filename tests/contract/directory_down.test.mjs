// Sign-up while the directory of establishments is away, and its completion afterwards.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { PASSWORD, signUp, signUpForm } from '../support/accounts.mjs';
import { runJob } from '../support/jobs.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS, unknownSiret } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

const directory = {
  isAway: true,
  status: 503,
  asked: 0,
  answers: new Map(),
  successors: new Map(),
};
let remote;
let server;
before(async () => {
  remote = http.createServer((req, res) => {
    directory.asked += 1;
    if (directory.isAway) return void res.writeHead(directory.status).end();
    const from = /^\/siret\/liensSuccession\?q=siretEtablissementPredecesseur:(\d{14})$/.exec(
      req.url,
    )?.[1];
    if (from) {
      const to = directory.successors.get(from);
      res.writeHead(to ? 200 : 404, { 'content-type': 'application/json' });
      return void res.end(
        JSON.stringify({ liensSuccession: to ? [{ siretEtablissementSuccesseur: to }] : [] }),
      );
    }
    const siret = /\/siret\/(\d{14})$/.exec(req.url)?.[1];
    const found = directory.answers.get(siret);
    res.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    res.end(JSON.stringify(found ?? { header: { statut: 404, message: 'Aucun élément trouvé' } }));
  });
  remote.listen(0, '127.0.0.1');
  await once(remote, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (remote.address());
  server = await startServer({
    env: {
      GUICHET_DIRECTORY: 'insee',
      GUICHET_DIRECTORY_URL: `http://127.0.0.1:${port}`,
      GUICHET_DIRECTORY_KEY: 'key',
    },
  });
});
after(async () => {
  await server.stop();
  remote.close();
});

const establishment = (siret, name) => ({
  header: { statut: 200 },
  etablissement: {
    siret,
    uniteLegale: { categorieJuridiqueUniteLegale: '7210', denominationUniteLegale: name },
    adresseEtablissement: {
      numeroVoieEtablissement: '1',
      typeVoieEtablissement: 'PLACE',
      libelleVoieEtablissement: 'DE LA MAIRIE',
      codePostalEtablissement: '92140',
      libelleCommuneEtablissement: 'CLAMART',
    },
    periodesEtablissement: [{ dateFin: null, etatAdministratifEtablissement: 'A' }],
  },
});

const complete = () => runJob(server, 'complete_organisations');

test('sign_ups_succeed_and_the_organisation_is_completed_later', async () => {
  directory.isAway = true;
  (await server.client().get(`/v1/directory/establishments/${SIRETS.CLAMART}`)).expect(503);
  const person = await signUp(server, { siret: SIRETS.CLAMART });
  assert.equal(person.status, 'active');
  const client = server.client();
  await client.logIn(person.email, PASSWORD);
  const path = `/v1/organisations/${SIRETS.CLAMART}`;
  const pending = (await client.get(path)).expect(200).body;
  assert.deepEqual([pending.state, pending.name, pending.open], ['pending_directory', null, null]);
  const request = {
    product: 'api-entreprise',
    use_case: 'marches-publics',
    siret: SIRETS.CLAMART,
  };
  assert.deepEqual((await client.post('/v1/requests', request)).expect(422).codes, {
    '/siret': 'pending_directory',
  });
  directory.answers.set(SIRETS.CLAMART, establishment(SIRETS.CLAMART, 'COMMUNE DE CLAMART'));
  directory.isAway = false;
  await complete();
  const done = await waitFor('the organisation to be completed', async () => {
    const { body: now } = (await client.get(path)).expect(200);
    return now.state === 'active' && now;
  });
  assert.equal(done.name, 'COMMUNE DE CLAMART');
  assert.deepEqual([done.open, done.eligible], [true, true]);
  (await client.post('/v1/requests', request)).expect(201);
});

test('answers_from_stored_organisations_while_the_directory_is_down', async () => {
  directory.isAway = false;
  directory.answers.set(SIRETS.LYON, establishment(SIRETS.LYON, 'COMMUNE DE LYON'));
  const path = `/v1/directory/establishments/${SIRETS.LYON}`;
  (await server.client().get(path)).expect(200);
  directory.isAway = true;
  assert.equal((await server.client().get(path)).expect(200).body.name, 'COMMUNE DE LYON');
  await server.database.sql(`update directory_cache set fetched_at = now() - interval '2 days'`);
  assert.equal((await server.client().get(path)).expect(200).body.name, 'COMMUNE DE LYON');
});

test('queries_each_establishment_once_in_24_hours_found_or_not', async () => {
  directory.isAway = false;
  directory.answers.set(SIRETS.RENNES, establishment(SIRETS.RENNES, 'COMMUNE DE RENNES'));
  for (const [siret, status] of [
    [SIRETS.RENNES, 200],
    [unknownSiret(42), 404],
  ]) {
    const ask = async () => {
      (await server.client().get(`/v1/directory/establishments/${siret}`)).expect(status);
      return directory.asked;
    };
    const first = await ask();
    assert.equal(await ask(), first);
    const age = (hours) =>
      server.database.sql(
        `update directory_cache set fetched_at = now() - interval '${hours}' where siret = '${siret}'`,
      );
    await age('23 hours 58 minutes');
    assert.equal(await ask(), first);
    await age('24 hours');
    assert.equal(await ask(), first + 1);
    assert.equal(await ask(), first + 1, 'the new answer is kept again');
  }
});

test('closes_an_organisation_that_the_directory_does_not_know', async () => {
  directory.isAway = true;
  const siret = unknownSiret(41);
  const person = await signUp(server, { siret });
  const client = server.client();
  await client.logIn(person.email, PASSWORD);
  directory.isAway = false;
  const form = signUpForm({ siret });
  assert.deepEqual((await client.post('/v1/accounts', form)).expect(422).codes, {
    '/siret': 'not_found',
  });
  await complete();
  const closed = await waitFor('the organisation to be closed', async () => {
    const { body } = (await client.get(`/v1/organisations/${siret}`)).expect(200);
    return body.state === 'active' && body;
  });
  assert.equal(closed.open, false);
});

/** How often a question ended like this, by the metrics. */
async function ended(outcome) {
  const text = await server.metrics();
  return Number(new RegExp(`directory_calls_total\\{outcome="${outcome}"\\} (\\d+)`).exec(text)[1]);
}

test('a_key_without_rights_is_no_unknown_establishment', async () => {
  const siret = unknownSiret(43);
  for (const [status, outcome] of [
    [401, 'refused'],
    [403, 'refused'],
    [429, 'limited'],
    [500, 'broken'],
  ]) {
    Object.assign(directory, { isAway: true, status });
    const before = await ended(outcome);
    const answer = (await server.client().get(`/v1/directory/establishments/${siret}`)).expect(503);
    assert.match(answer.body.detail, /ne répond pas/);
    assert.equal(await ended(outcome), before + 1, String(status));
    await waitFor('the log to say why', () =>
      server.logs.some((line) => line.event === 'directory_down' && line.status === status),
    );
  }
  Object.assign(directory, { isAway: false, status: 503 });
  const before = await ended('unknown');
  const answer = (await server.client().get(`/v1/directory/establishments/${siret}`)).expect(404);
  assert.match(answer.body.detail, /Aucun établissement n’a ce SIRET/);
  assert.equal(await ended('unknown'), before + 1);
});

test('a_closed_establishment_names_its_successor_from_the_directory_and_from_the_cache', async () => {
  directory.isAway = false;
  const closed = establishment(SIRETS.PARIS, 'ANCIENNE COMMUNE');
  closed.etablissement.periodesEtablissement[0].etatAdministratifEtablissement = 'F';
  directory.answers.set(SIRETS.PARIS, closed);
  directory.successors.set(SIRETS.PARIS, SIRETS.RENNES);
  const path = `/v1/directory/establishments/${SIRETS.PARIS}`;
  const first = (await server.client().get(path)).expect(200).body;
  assert.deepEqual([first.open, first.successor], [false, SIRETS.RENNES]);
  directory.isAway = true;
  assert.deepEqual((await server.client().get(path)).expect(200).body, first);
  const open = (await server.client().get(`/v1/directory/establishments/${SIRETS.RENNES}`)).body;
  assert.equal(open.successor, null);
});
