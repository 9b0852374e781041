// Who carries a request on screen: a colleague takes it over, somebody objects, an account is deleted that carries requests.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logInAs, randomWord } from '../support/accounts.mjs';
import { runJob } from '../support/jobs.mjs';
import { draftRequest, submitRequest } from '../support/requests.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { look, openAs, ready, visit, withBrowser } from './steps.mjs';

let server;
let browser;
withBrowser(([startedServer, startedBrowser]) => {
  server = startedServer;
  browser = startedBrowser;
});

/** An applicant and a colleague of their own organisation. */
async function people(siret) {
  const domain = `ville-${randomWord()}.example`;
  const applicant = await logInAs(server, { siret, domain, familyName: 'Martin' });
  const colleague = await logInAs(server, { siret, domain, familyName: 'Diallo' });
  return { siret, domain, applicant, colleague };
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).press('Enter');
async function confirm(page, name) {
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await look(page);
  await dialog.getByRole('button', { name, exact: true }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
}
const applicantOf = async ({ client }, { id }) =>
  (await client.get(`/v1/requests/${id}`)).expect(200).body.applicant.family_name;

for (const width of [360, 1280]) {
  test(`a_colleague_asks_the_applicant_objects_and_nobody_does_at_${width}_px`, async () => {
    const org = await people(width === 360 ? SIRETS.LYON : SIRETS.MARSEILLE);
    const request = await submitRequest(org.applicant.client, org);
    const path = `/demandes/${request.id}`;
    const mine = await openAs(browser, server, org.colleague, { width });
    await visit(mine, path, request.title);
    await press(mine, 'Reprendre la demande');
    await mine.getByText(/Sans opposition d’ici 7 jours, vous deviendrez le demandeur/).waitFor();
    await confirm(mine, 'Reprendre la demande');
    await mine.getByText(/Vous souhaitez reprendre cette demande/).waitFor();
    await mine.getByRole('button', { name: 'Retirer ma reprise' }).waitFor();
    assert.equal(await mine.getByRole('button', { name: 'Reprendre la demande' }).count(), 0);
    await look(mine);

    const theirs = await openAs(browser, server, org.applicant, { width });
    await visit(theirs, path, request.title);
    await theirs.getByText(/Camille Diallo souhaite reprendre cette demande/).waitFor();
    await look(theirs);
    await press(theirs, 'S’opposer à la reprise');
    await theirs
      .getByRole('dialog')
      .getByLabel(/^Motif/)
      .fill('Je reviens lundi');
    await confirm(theirs, 'S’opposer à la reprise');
    await theirs.getByText('La reprise n’aura pas lieu').first().waitFor({ state: 'attached' });
    assert.equal(await theirs.getByText(/souhaite reprendre cette demande/).count(), 0);
    await visit(theirs, `${path}?onglet=historique`, request.title);
    await theirs.getByText('Je reviens lundi').waitFor();
    await theirs.getByText(/Camille Diallo a demandé à reprendre la demande/).waitFor();
    await look(theirs);

    await visit(mine, path, request.title);
    await press(mine, 'Reprendre la demande');
    await confirm(mine, 'Reprendre la demande');
    await mine.getByRole('button', { name: 'Retirer ma reprise' }).waitFor();
    await server.database.sql(
      `update request_takeover set due_at = now() where request_id = '${request.id}'`,
    );
    await runJob(server, 'takeovers');
    await visit(mine, path, request.title);
    assert.equal(await applicantOf(org.colleague, request), 'Diallo');
    assert.equal(await mine.getByText(/reprendre cette demande/).count(), 0);
    if (width === 360) await press(mine, 'Autres actions');
    await mine.getByRole('button', { name: 'Transférer' }).waitFor();
    await mine.context().close();
    await theirs.context().close();
  });

  test(`an_account_is_deleted_through_its_requests_at_${width}_px`, async () => {
    const org = await people(width === 360 ? SIRETS.TOULOUSE : SIRETS.BORDEAUX);
    const [given, left] = [
      await submitRequest(org.applicant.client, org),
      await draftRequest(org.applicant.client, org),
    ];
    const page = await openAs(browser, server, org.applicant, { width });
    await visit(page, '/compte', 'Mon compte');
    await page.getByText('Vous êtes le demandeur de 2 demandes en cours').waitFor();
    await look(page);
    await page.getByRole('link', { name: new RegExp(`^${given.number} `) }).press('Enter');
    await ready(page, given.title);
    if (width === 360) await press(page, 'Autres actions');
    await press(page, 'Transférer');
    await page.getByLabel(/du nouveau demandeur/).fill(org.colleague.email);
    await confirm(page, 'Transférer');

    await visit(page, '/compte', 'Mon compte');
    await page.getByText('Vous êtes le demandeur d’une demande en cours').waitFor();
    assert.equal(
      await page.getByRole('link', { name: new RegExp(`^${given.number} `) }).count(),
      0,
    );
    await press(page, 'Supprimer mon compte');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/recopiez votre adresse/).fill(org.applicant.email);
    await dialog.getByRole('button', { name: 'Supprimer mon compte' }).press('Enter');
    await dialog
      .getByText(/Je laisse cette demande.*ce champ est à remplir/)
      .first()
      .waitFor();
    await look(page);
    (await org.applicant.client.get('/v1/account')).expect(200);
    await dialog.getByRole('checkbox', { name: /Je laisse cette demande/ }).press('Space');
    await confirm(page, 'Supprimer mon compte');
    (await org.applicant.client.get('/v1/account')).expect(401);

    const other = await openAs(browser, server, org.colleague, { width });
    await visit(other, `/demandes/${left.id}`, left.title);
    await other.getByText('Vous pouvez la reprendre').waitFor();
    await look(other);
    await press(other, 'Reprendre la demande');
    await other
      .getByText(/vous deviendrez aussitôt le demandeur/)
      .last()
      .waitFor();
    await confirm(other, 'Reprendre la demande');
    await other.getByText('Vous êtes maintenant le demandeur').waitFor({ state: 'attached' });
    assert.equal(await applicantOf(org.colleague, left), 'Diallo');
    await page.context().close();
    await other.context().close();
  });
}

test('the_instructor_is_warned_and_reads_to_whom_a_mail_goes', async () => {
  const org = await people(SIRETS.RENNES);
  const instructor = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'instructor:api-entreprise',
  });
  const request = await submitRequest(org.applicant.client, org);
  await server.database.sql(
    `update membership set state = 'left' where account_id = '${org.applicant.session.account.id}'`,
  );
  const page = await openAs(browser, server, instructor, { width: 1280 });
  await visit(page, `/instruction/${request.id}`, request.title);
  await page.getByText(/Le demandeur n’est plus joignable/).waitFor();
  await page.getByText(/Transférez la demande à un membre actif/).waitFor();
  await look(page);
  await page.keyboard.press('d');
  await page.getByRole('radio', { name: 'Refuser' }).press('Space');
  await page.getByLabel(/^Motif/).fill('Projet abandonné');
  await press(page, 'Voir le mail avant d’envoyer');
  await page.getByRole('dialog').getByText(org.colleague.email).waitFor();
  await page
    .getByRole('dialog')
    .getByText(/à la place du demandeur/)
    .waitFor();
  await look(page);
  await page.context().close();
});
