// What there is to act on: each function makes one thing and gives the members of the path that name it.
import { createAccount } from '../../support/accounts.mjs';
import { decide, draftRequest, submitRequest } from '../../support/requests.mjs';
import { SIRETS } from '../../support/sirets.mjs';
import { waitFor } from '../../support/wait.mjs';
import { ORGANISATION, PRODUCT } from './actors.mjs';

const PDF = '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n';

export function pdfForm() {
  const form = new FormData();
  form.append('kind', 'legal_basis');
  form.append('file', new Blob([PDF], { type: 'application/pdf' }), 'acte.pdf');
  return form;
}

export class Objects {
  /**
   * @param {import('./actors.mjs').Cast} cast
   * @param {{client: import('../../support/client.mjs').Client}} owner who asks: the applicant
   */
  constructor(cast, owner) {
    this.cast = cast;
    this.owner = owner;
    this.options = { domain: cast.domain };
    this.instructor = cast.person('inst').client;
  }

  #sql(text) {
    return this.cast.server.database.sql(text);
  }

  async none() {
    return {};
  }

  async draft() {
    return { id: (await draftRequest(this.owner.client, this.options)).id };
  }

  async submitted() {
    return { id: (await submitRequest(this.owner.client, this.options)).id };
  }

  async message() {
    const { id } = await this.submitted();
    const { body } = await this.owner.client.post(`/v1/requests/${id}/messages`, {
      body: 'Bonjour',
    });
    return { id, message_id: body.id };
  }

  /** One whose approval was proposed, by an instructor who is none of the actors. */
  async proposed() {
    const { id } = await this.submitted();
    const { email } = await createAccount(this.cast.server, {
      siret: SIRETS.DINUM,
      domain: 'dinum.example',
      role: `instructor:${PRODUCT}`,
    });
    await this.#sql(`insert into request_proposal
        (request_id, request_version, proposed_by, granted_scopes, refused_scopes)
      select r.id, r.version, a.id, array(select jsonb_array_elements_text(r.fields -> 'scopes')), '{}'
      from request r, account a where r.id = '${id}' and a.email = '${email}'`);
    return { id };
  }

  /** One that a colleague, who is none of the actors, asks to take over. */
  async takeover() {
    const { id } = await this.submitted();
    const { email } = await createAccount(this.cast.server, {
      siret: ORGANISATION,
      domain: this.cast.domain,
    });
    await this.#sql(`insert into request_takeover (request_id, applicant_id, asked_by, due_at)
      select r.id, r.applicant_id, a.id, now() + interval '7 days'
      from request r, account a where r.id = '${id}' and a.email = '${email}'`);
    return { id };
  }

  async approved() {
    const { id } = await this.submitted();
    (await decide(this.instructor, id, 'approve')).expect(201);
    return { id };
  }

  async refused() {
    const { id } = await this.submitted();
    (await decide(this.instructor, id, 'refuse', { reason: 'Motif' })).expect(201);
    return { id };
  }

  async reopened() {
    const { id } = await this.approved();
    (await this.owner.client.post(`/v1/requests/${id}/reopening`)).expect(200);
    return { id };
  }

  async #attach(id) {
    const path = `/v1/requests/${id}/attachments`;
    return (await this.owner.client.post(path, pdfForm())).expect(201).body.id;
  }

  async draft_file() {
    const { id } = await this.draft();
    return { id, attachment_id: await this.#attach(id) };
  }

  async submitted_file() {
    const found = await this.draft_file();
    (await this.owner.client.post(`/v1/requests/${found.id}/submission`)).expect(200);
    return found;
  }

  async token() {
    const { id } = await this.approved();
    const { body } = (await this.owner.client.get(`/v1/requests/${id}`)).expect(200);
    return { id: body.token_id };
  }

  async expiring() {
    const { id } = await this.token();
    await this.#sql(`update token set expires_at = now() + interval '30 days' where id = '${id}'`);
    return { id };
  }

  async planned() {
    const { id } = await this.token();
    const at = new Date(Date.now() + 30 * 86_400_000).toISOString();
    const path = `/v1/tokens/${id}/revocation`;
    (await this.owner.client.post(path, { reason: 'Fin du marché', at })).expect(200);
    return { id };
  }

  async shared() {
    const { id } = await this.token();
    const path = `/v1/tokens/${id}/shares`;
    const { body } = (
      await this.owner.client.post(path, { email: 'tiers@editeur.example' })
    ).expect(201);
    return { id, share_id: body.id };
  }

  async habilitation() {
    const { id } = await this.approved();
    const { body } = (await this.owner.client.get(`/v1/habilitations?request_id=${id}`)).expect(
      200,
    );
    return { id: body.items[0].id };
  }

  async habilitation_file() {
    const { id, attachment_id } = await this.submitted_file();
    (await decide(this.instructor, id, 'approve')).expect(201);
    const { body } = (await this.owner.client.get(`/v1/habilitations?request_id=${id}`)).expect(
      200,
    );
    return { id: body.items[0].id, attachment_id };
  }

  async confirmation() {
    const { id } = await this.approved();
    const [code] = await this.#sql(
      `select confirmation_code from habilitation where request_id = '${id}'`,
    );
    return { code };
  }

  async client() {
    const body = { name: 'Paie', siret: ORGANISATION, scopes: ['requests:read'] };
    return { id: (await this.owner.client.post('/v1/clients', body)).expect(201).body.client.id };
  }

  /** A colleague was asked to answer for it. */
  async client_asked() {
    const { id } = await this.client();
    const { email } = await this.cast.newcomer();
    const path = `/v1/clients/${id}/responsible-persons`;
    const { body } = (await this.owner.client.post(path, { email })).expect(201);
    return { id, account_id: body.responsible_persons.at(-1).account.id };
  }

  /** Nobody answers for it any more. */
  async client_stopped() {
    const { id } = await this.client();
    await this.#sql(`delete from client_person where client_id = '${id}'`);
    return { id };
  }

  async client_secret() {
    const { id } = await this.client();
    const { body } = (await this.owner.client.post(`/v1/clients/${id}/secrets`)).expect(201);
    return { id, secret_id: body.id };
  }

  async webhook() {
    const body = {
      product: PRODUCT,
      siret: ORGANISATION,
      url: 'http://127.0.0.1:9/programme',
      events: ['request.created'],
    };
    return { id: (await this.owner.client.post('/v1/webhooks', body)).expect(201).body.webhook.id };
  }

  async webhook_secret() {
    const { id } = await this.webhook();
    const { body } = (await this.owner.client.post(`/v1/webhooks/${id}/secrets`)).expect(201);
    return { id, secret_id: body.id };
  }

  async attempt() {
    const { id } = await this.webhook();
    const [event] = await this.#sql(
      `insert into webhook_event (event, product, siret, is_private, body, dispatched)
         values ('request.created', '${PRODUCT}', '${ORGANISATION}', false, '{}', true) returning id`,
    );
    const [attempt] = await this.#sql(
      `insert into webhook_attempt (webhook_id, event_id, state, due_at)
         values ('${id}', '${event}', 'failed', null) returning id`,
    );
    return { id, attempt_id: attempt };
  }

  async #membership({ email }, state) {
    const [id] = await this.#sql(
      `update membership set state = '${state}' where siret = '${ORGANISATION}'
         and account_id = (select id from account where email = '${email}') returning id`,
    );
    return { id };
  }

  async newcomer() {
    return this.#membership(await this.cast.newcomer(), 'active');
  }

  async waiting() {
    return this.#membership(await this.cast.newcomer(), 'suspended');
  }

  async template() {
    const { client } = this.cast.person('mana');
    const body = {
      outcome: 'refuse',
      name: `Modèle ${Math.random()}`,
      body: 'Le texte cité est trop général.',
    };
    const path = `/v1/products/${PRODUCT}/templates`;
    return { product: PRODUCT, template_id: (await client.post(path, body)).expect(201).body.id };
  }

  async filter() {
    const body = { name: `Filtre ${Math.random()}`, query: {} };
    const answer = await this.cast.person('inst').client.post('/v1/saved-filters', body);
    return { filter_id: answer.expect(201).body.id };
  }

  /** One's own data, ready to be fetched. */
  async export() {
    const { client } = this.owner;
    const isReady = async (id) => (await client.get(`/v1/exports/${id}`)).body.state === 'ready';
    const id = await waitFor('the turn of the account', async () => {
      const { status, body } = await client.post('/v1/exports', { kind: 'account' });
      return status === 202 && body.id;
    });
    await waitFor('the export', () => isReady(id));
    return { id };
  }

  async product() {
    return { product: PRODUCT };
  }

  async organisation() {
    return { siret: ORGANISATION };
  }

  /** One that nobody of the cast belongs to. */
  async other_organisation() {
    return { siret: SIRETS.ANNECY };
  }

  async trusted() {
    const domain = `d${Math.random().toString(36).slice(2)}.example`;
    const path = `/v1/organisations/${ORGANISATION}/trusted-domains`;
    (await this.cast.person('supp').client.post(path, { domain })).expect(201);
    return { siret: ORGANISATION, domain };
  }

  /** A person who may be given a role, and one who has it. */
  async future_staff() {
    const { email } = await createAccount(this.cast.server, {
      siret: SIRETS.DINUM,
      domain: 'dinum.example',
    });
    return { email };
  }

  async staff() {
    const { email } = await createAccount(this.cast.server, {
      siret: SIRETS.DINUM,
      domain: 'dinum.example',
      role: `reporter:${PRODUCT}`,
    });
    return { email };
  }

  /** An account of nobody else in the matrix. */
  async account() {
    const { email } = await this.cast.newcomer();
    const [id] = await this.#sql(`select id from account where email = '${email}'`);
    return { id };
  }

  async suspended_account() {
    const { id } = await this.account();
    await this.#sql(
      `update account set suspended_at = now(), suspension_reason = 'Motif' where id = '${id}'`,
    );
    return { id };
  }

  async account_with_factor() {
    const { id } = await this.account();
    await this.#sql(
      `insert into second_factor (account_id, sealed_secret, confirmed_at) values ('${id}', '', now())`,
    );
    return { id };
  }

  /** One whose second factor is due to be removed. */
  async account_due() {
    const { id } = await this.account_with_factor();
    await this.#sql(
      `insert into second_factor_reset (account_id, reason, asked_by, due_at)
         values ('${id}', 'Motif', '${id}', now() + interval '1 day')`,
    );
    return { id };
  }

  async establishment() {
    return { siret: SIRETS.PARIS };
  }

  async share_link() {
    const { id } = await this.token();
    const to = `tiers-${Math.random().toString(36).slice(2)}@editeur.example`;
    (await this.owner.client.post(`/v1/tokens/${id}/shares`, { email: to })).expect(201);
    return { token: (await this.cast.server.mailbox.take({ to })).token };
  }

  async data_path() {
    return { product: PRODUCT, path: 'v3/dgfip/etablissements/13002526500013/chiffres_affaires' };
  }
}
