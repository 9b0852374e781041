// What the tests of two instructors share: a server whose product asks for two, its people, and what they do.
import { logInAs } from '../../support/accounts.mjs';
import { mailsDone } from '../../support/barrier.mjs';
import { Listener } from '../../support/listener.mjs';
import { plantProducts } from '../../support/products.mjs';
import { cast, decide, submitRequest } from '../../support/requests.mjs';
import { startServer } from '../../support/server.mjs';
import { SIRETS } from '../../support/sirets.mjs';

export const PRODUCT = 'api-entreprise';
export const STAFF = { siret: SIRETS.DINUM, domain: 'dinum.example' };
export const SENSITIVE = 'bilans_bdf';
export const PLAIN = 'attestation_fiscale_dgfip';
export const SCOPES = [PLAIN, SENSITIVE];
export const ASKED = {
  scopes: SCOPES,
  patch: { scope_justifications: { [SENSITIVE]: 'Mesurer la solidité des candidats.' } },
};
export const DUELS = process.env.GUICHET_TEST_FULL === '1' ? 60 : 6;
export const NOTHING = { decisions: 0, habilitations: 0, tokens: 0, audits: 0, events: 0 };
export const ONCE = { decisions: 1, habilitations: 1, tokens: 1, audits: 1, events: 1 };

/** Without the scopes of open data, which are granted in every case. */
export const closed = (scopes) => scopes.filter((one) => !one.startsWith('open_data')).toSorted();
export const idOf = (person) => person.session.account.id;
export const read = async (who, id) => (await who.client.get(`/v1/requests/${id}`)).expect(200);
export const readEtag = async (who, id) =>
  (await who.client.get(`/v1/requests/${id}`)).etag ?? '"1"';

export async function confirm(who, id, options = {}) {
  const etag = options.etag ?? (await readEtag(who, id));
  return who.client.post(`/v1/requests/${id}/proposal/confirmation`, undefined, {
    ...options,
    etag,
  });
}

export async function decline(who, id, body) {
  const etag = await readEtag(who, id);
  return who.client.request('DELETE', `/v1/requests/${id}/proposal`, body, { etag });
}

export class Stage {
  async start() {
    this.products = await plantProducts({
      [PRODUCT]: (product) => ({ ...product, four_eyes: true }),
    });
    this.server = await startServer({
      env: { ...this.products.env, GUICHET_WEBHOOK_LOOPBACK: 'on' },
    });
    const { applicant, domain } = await cast(this.server);
    Object.assign(this, { applicant, domain });
    await this.server.database.sql("delete from staff_role where role = 'instructor'");
    this.instructors = [];
    for (let i = 0; i < 3; i++) this.instructors.push(await this.instructor());
    this.admin = await logInAs(this.server, { ...STAFF, role: 'admin' });
    const manager = await logInAs(this.server, { ...STAFF, role: `manager:${PRODUCT}` });
    this.listener = await new Listener().start();
    const hook = { product: PRODUCT, url: this.listener.url, events: ['request.approved'] };
    (await manager.client.post('/v1/webhooks', hook)).expect(201);
    return this;
  }

  async stop() {
    await this.listener?.stop();
    await this.server?.stop();
    await this.products?.remove();
  }

  rows(text) {
    return this.server.database.rows(text);
  }

  instructor(email) {
    const address = email ? { email } : {};
    return logInAs(this.server, { ...STAFF, ...address, role: `instructor:${PRODUCT}` });
  }

  submit(options = {}) {
    return submitRequest(this.applicant.client, { domain: this.domain, ...ASKED, ...options });
  }

  /** A request of which the first instructor proposed the approval. */
  async proposed(options) {
    const { id } = await this.submit(options);
    const answer = await decide(this.instructors[0].client, id, 'approve', {
      message: 'Bienvenue.',
    });
    answer.expect(202);
    return id;
  }

  /** How often each table speaks of an approval of the request. */
  async traces(id) {
    const [found] = await this.rows(`select
      (select count(*) from decision where request_id = '${id}')::int as decisions,
      (select count(*) from habilitation where request_id = '${id}')::int as habilitations,
      (select count(*) from token where request_id = '${id}')::int as tokens,
      (select count(*) from audit where subject_id = '${id}' and action = 'request.approve')::int as audits,
      (select count(*) from request_event where request_id = '${id}' and event = 'approve')::int as events`);
    return found;
  }

  /** The templates of the mails since the approval was proposed for the first time. */
  async mailsSince(id) {
    await mailsDone(this.server);
    const told = await this.rows(`select distinct template from outbox where created_at >=
      (select min(at) from request_event where request_id = '${id}' and event = 'propose') order by 1`);
    return told.map(({ template }) => template);
  }

  /** What programs were told of the request. */
  toldOf(id) {
    return this.listener.received.filter(({ body }) => body.includes(id));
  }
}
