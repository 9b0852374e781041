// What the screens are looked at with: the demonstration's people, one request in each state, a token that
// was called, shared and rotated, and something to read on every page.
import { createAccount, logInAs, PASSWORD, signUp } from '../support/accounts.mjs';
import { decide, draftRequest, saveRequest, submitRequest } from '../support/requests.mjs';
import { SIRETS } from '../support/sirets.mjs';

/** The password of the people of `guichet seed-demo`. */
const DEMO_PASSWORD = 'Passerelle-ouverte-2026';
const DOMAIN = 'clamart.example';
const REPORTER = 'lou.garnier@dinum.example';

/** Who looks, by role; a visitor has no session. */
const PEOPLE = {
  applicant: 'camille.martin@clamart.example',
  instructor: 'sacha.leroy@dinum.example',
  reporter: REPORTER,
  manager: 'claude.moreau@dinum.example',
  support: 'alix.bernard@dinum.example',
  administrator: 'maxime.robert@dinum.example',
};

/** What the server of `populate` is started with. */
export const POPULATED = { GUICHET_WEBHOOK_LOOPBACK: 'on' };

/**
 * @param {import('../support/server.mjs').Server} server
 * @returns {Promise<{clients: Record<string, import('../support/client.mjs').Client>,
 *   people: Record<string, {email: string, password: string}>, requests: Record<string, any>, token: any,
 *   habilitation: any, stopped: any, programs: {own: string, stopped: string}}>} clients and people by role,
 *   requests by state, ids of programs
 */
export async function populate(server) {
  await server.command(['seed-demo']);
  await createAccount(server, {
    email: REPORTER,
    givenName: 'Lou',
    familyName: 'Garnier',
    siret: SIRETS.DINUM,
    role: 'reporter:api-entreprise',
    password: DEMO_PASSWORD,
  });
  const clients = await logEverybodyIn(server);
  const people = Object.fromEntries(
    Object.entries(PEOPLE).map(([role, email]) => [role, { email, password: DEMO_PASSWORD }]),
  );
  const requests = await requestsByState(clients);
  await talkAbout(requests.submitted, clients);
  const token = await tokenInUse(requests.approved, clients.applicant, server);
  const { items } = (await clients.applicant.get('/v1/habilitations')).expect(200).body;
  const path = `/v1/habilitations/${items[0].id}`;
  const habilitation = (await clients.applicant.get(path)).expect(200).body;
  const [programs] = await Promise.all([
    connectPrograms(clients.applicant, server),
    writeTemplates(clients.manager),
  ]);
  await waitForSupport(server);
  const stopped = await stopSomebody(server, clients.administrator);
  return { clients, people, requests, token, habilitation, stopped, programs };
}

/** An account that an administrator suspended. */
async function stopSomebody(server, administrator) {
  const { email } = await createAccount(server, { familyName: 'Lambert' });
  const [id] = await server.database.sql(`select id from account where email = '${email}'`);
  const body = { reason: 'Le compte semble avoir été pris.' };
  return (await administrator.put(`/v1/accounts/${id}/suspension`, body)).expect(200).body;
}

async function logEverybodyIn(server) {
  const clients = { visitor: server.client() };
  for (const [role, email] of Object.entries(PEOPLE)) {
    clients[role] = server.client();
    await clients[role].logIn(email, DEMO_PASSWORD);
  }
  return clients;
}

/** The demonstration has draft, submitted and approved at Clamart; here come the others. */
async function requestsByState({ applicant, instructor }) {
  const { items } = (await applicant.get('/v1/requests?limit=100')).expect(200).body;
  const requests = Object.fromEntries(items.map((item) => [item.state, item]));
  const outcomes = [
    ['request_changes', 'changes_requested', 'Contrôle des terrasses'],
    ['refuse', 'refused', 'Fichier des commerces'],
  ];
  for (const [outcome, state, title] of outcomes) {
    requests[state] = await submit(applicant, { title });
    const reason = 'Citez la délibération qui fonde ce contrôle, avec sa date et son numéro.';
    (await decide(instructor, requests[state].id, outcome, { reason })).expect(201);
  }
  requests.revoked = await submit(applicant, { title: 'Ancien portail des marchés' });
  (await decide(instructor, requests.revoked.id, 'approve')).expect(201);
  const reason = 'Le portail a été arrêté le 1er septembre.';
  (await decide(instructor, requests.revoked.id, 'revoke', { reason })).expect(201);
  requests.reopened = await reopen({ applicant, instructor });
  return requests;
}

async function submit(client, patch) {
  return submitRequest(client, { domain: DOMAIN, patch });
}

/** Approved once, changed since, and waiting again. */
async function reopen({ applicant, instructor }) {
  const { id } = await submit(applicant, { title: 'Aides au commerce de proximité' });
  (await decide(instructor, id, 'approve')).expect(201);
  (await applicant.post(`/v1/requests/${id}/reopening`)).expect(200, 201);
  await saveRequest(applicant, id, { retention_months: 24, expected_volume: 4200 });
  return (await applicant.post(`/v1/requests/${id}/submission`)).expect(200).body;
}

async function talkAbout({ id }, { applicant, instructor }) {
  const path = `/v1/requests/${id}`;
  const say = async (client, body) => (await client.post(`${path}/messages`, { body })).expect(201);
  await say(instructor, 'Bonjour,\nvos associations sont-elles toutes de la commune ?');
  await say(applicant, 'Bonjour, oui : le règlement des subventions le demande.');
  const note = 'Vu avec le service juridique : le fondement suffit.';
  (await instructor.post(`${path}/notes`, { body: note })).expect(201);
}

/** Called well, badly and not found; shared, rotated, watched. */
async function tokenInUse({ id }, client, server) {
  const { items } = (await client.get(`/v1/tokens?request_id=${id}`)).expect(200).body;
  const path = `/v1/tokens/${items[0].id}`;
  const revealed = (await client.post(`${path}/reveal`)).expect(200).body;
  const secret = revealed.token;
  const gateway = '/gateway/api-entreprise/v4/insee/sirene/unites_legales';
  const asked = `context=Subventions&object=dossier-2026-118&recipient=${SIRETS.CLAMART}`;
  const calls = [
    ...Array(12).fill(`130025265?${asked}`),
    `000000000?${asked}`,
    '130025265',
    `123?${asked}`,
  ];
  for (const call of calls) await server.client().get(`${gateway}/${call}`, { bearer: secret });
  const share = { email: 'technique@editeur.example' };
  (await client.post(`${path}/shares`, share)).expect(201);
  return items[0];
}

async function writeTemplates(manager) {
  const template = {
    outcome: 'request_changes',
    name: 'Fondement à préciser',
    body: 'Bonjour,\n\nMerci de citer la délibération qui fonde votre démarche, avec sa date.',
  };
  (await manager.post('/v1/products/api-entreprise/templates', template)).expect(201);
}

/** A program of one's own, which a colleague is asked to answer for, and one for which nobody does any more. */
async function connectPrograms(client, server) {
  const siret = SIRETS.CLAMART;
  const program = { name: 'Portail des associations', siret, scopes: ['requests:read'] };
  const own = (await client.post('/v1/clients', program)).expect(201).body.client.id;
  const { email } = await createAccount(server, { siret, familyName: 'Moreau' });
  (await client.post(`/v1/clients/${own}/responsible-persons`, { email })).expect(201);
  const former = await logInAs(server, { siret, familyName: 'Renard' });
  const left = { name: 'Relevé de nuit', siret, scopes: ['tokens:read'] };
  const stopped = (await former.client.post('/v1/clients', left)).expect(201).body.client.id;
  await server.database.sql(
    `update membership set state = 'left' where account_id = '${former.session.account.id}'`,
  );
  const webhook = {
    product: 'api-entreprise',
    siret,
    url: 'http://127.0.0.1:9/guichet',
    events: ['request.created', 'request.submitted', 'request.approved'],
  };
  (await client.post('/v1/webhooks', webhook)).expect(201);
  await draftRequest(client, { patch: { title: 'Accueil des forains' } });
  return { own, stopped };
}

/** Two people whose domains nobody knows at Clamart. */
async function waitForSupport(server) {
  for (const domain of ['cabinet-conseil.example', 'gmail.com']) {
    await signUp(server, { siret: SIRETS.CLAMART, domain, password: PASSWORD });
  }
}
