// Requests for the tests: filled in, submitted, decided.
import { logInAs, randomWord } from './accounts.mjs';
import { SIRETS } from './sirets.mjs';

/** A contact as a person, whose address is of `domain`. */
export function contact(local, domain = 'mairie.example') {
  return {
    kind: 'person',
    given_name: 'Ana',
    family_name: 'Lefèvre',
    job_title: 'Cheffe de service',
    email: `${local}@${domain}`,
    phone: '01 99 00 12 34',
  };
}

/** What an applicant answers where the use case fills in nothing. */
export function answers({ domain = 'mairie.example' } = {}) {
  return {
    title: 'Instruction des aides',
    description: 'Nos agents instruisent 1 200 demandes par an.',
    legal_basis: { text: 'Délibération 2026-12', url: 'https://www.legifrance.gouv.fr/' },
    recipients: 'Les agents instructeurs',
    retention_months: 36,
    contacts: {
      data_controller: contact('direction', domain),
      data_protection_officer: contact('dpo', domain),
      business: contact('metier', domain),
      technical: contact('technique', domain),
    },
    terms_accepted: true,
    dpo_informed: true,
  };
}

export async function createRequest(
  client,
  { product = 'api-entreprise', useCase = 'demande-libre', siret = SIRETS.CLAMART } = {},
) {
  return (await client.post('/v1/requests', { product, use_case: useCase, siret })).expect(201);
}

/** Attaches bytes to a request as a mock-up; the answer. */
export function attachMockup(client, id, bytes, name) {
  const form = new FormData();
  form.append('kind', 'mockup');
  form.append('file', new Blob([bytes]), name);
  return client.post(`/v1/requests/${id}/attachments`, form);
}

/** Saves a patch over whatever version there is. */
export async function saveRequest(client, id, patch) {
  const { etag } = (await client.get(`/v1/requests/${id}`)).expect(200);
  return (await client.patch(`/v1/requests/${id}`, patch, { etag })).expect(200);
}

/** A complete request that only has to be submitted; `patch` is saved over it. */
export async function draftRequest(client, options = {}) {
  const { body } = await createRequest(client, options);
  const scopes = options.scopes ?? ['chiffre_affaires_dgfip', 'attestation_fiscale_dgfip'];
  const saved = await saveRequest(client, body.id, { ...answers(options), scopes });
  return options.patch ? (await saveRequest(client, body.id, options.patch)).body : saved.body;
}

export async function submitRequest(client, options) {
  const { id } = await draftRequest(client, options);
  return (await client.post(`/v1/requests/${id}/submission`)).expect(200).body;
}

/** The ETag as `client` reads it; what they cannot read is new. */
async function readEtag(client, id) {
  return (await client.get(`/v1/requests/${id}`)).etag ?? '"1"';
}

/** `await decide(instructor, id, 'refuse', {reason})`, on what is read just before, or on `options.etag`. */
export async function decide(client, id, outcome, members = {}, options = {}) {
  const etag = options.etag ?? (await readEtag(client, id));
  const body = { outcome, ...members };
  return client.post(`/v1/requests/${id}/decisions`, body, { ...options, etag });
}

/** Cancels a reopening as it is read just before. */
export async function cancelReopening(client, id, body) {
  const etag = await readEtag(client, id);
  return client.request('DELETE', `/v1/requests/${id}/reopening`, body, { etag });
}

/** An applicant with a domain of their own, and an instructor of another organisation. */
export async function cast(server, { siret = SIRETS.CLAMART } = {}) {
  const domain = `ville-${randomWord()}.example`;
  const applicant = await logInAs(server, { siret, domain });
  const instructor = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'instructor:api-entreprise',
  });
  return { applicant, instructor, domain };
}

/**
 * A token as an approval makes it.
 * @param {Awaited<ReturnType<typeof cast>>} people
 */
export async function approvedToken({ applicant, instructor, domain }) {
  const { id } = await submitRequest(applicant.client, { domain });
  (await decide(instructor.client, id, 'approve')).expect(201);
  const { body } = (await applicant.client.get(`/v1/requests/${id}`)).expect(200);
  return { id: body.token_id, requestId: id, path: `/v1/tokens/${body.token_id}` };
}
