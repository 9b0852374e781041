// Requests as DataPass gives them (GET /api/v1/demandes), and what an import of them is.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PASSWORD } from './accounts.mjs';
import { runProgram } from './server.mjs';

const SCOPES = [
  'unites_legales_etablissements_insee',
  'associations_djepva',
  'chiffre_affaires_dgfip',
  'attestation_fiscale_dgfip',
];

/** What its form holds: texts, also of numbers, in one flat object. */
export function formData(changes = {}) {
  return {
    intitule: 'Candidatures aux marchés de la ville',
    description: 'Nos acheteurs vérifient 300 candidatures par an.',
    scopes: SCOPES,
    cadre_juridique_nature: 'R2143-13 Code de la commande publique',
    cadre_juridique_url: 'www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000037730589',
    destinataire_donnees_caractere_personnel: 'Le service des achats',
    duree_conservation_donnees_caractere_personnel: '60',
    duree_conservation_donnees_caractere_personnel_justification: 'Le délai de recours.',
    date_prevue_mise_en_production: '31/03/2022',
    volumetrie_approximative: '1 200',
    ...contact('responsable_traitement', 'Simone', 'Aubert'),
    ...contact('delegue_protection_donnees', 'Malik', 'Roche'),
    ...contact('contact_metier', 'Inès', 'Vidal'),
    contact_technique_type: 'organization',
    contact_technique_email: 'exploitation@logiciel.example',
    contact_technique_phone_number: '01 99 00 55 66',
    ...changes,
  };
}

function contact(kind, givenName, familyName) {
  return {
    [`${kind}_given_name`]: givenName,
    [`${kind}_family_name`]: familyName,
    [`${kind}_job_title`]: 'Direction des achats',
    [`${kind}_email`]: `${familyName.toLowerCase()}@mairie.example`,
    [`${kind}_phone_number`]: '01 99 00 12 34',
  };
}

/** A request that was granted; `changes` replace members. */
export function demande(id, siret, { data = formData(), habilitation = {}, ...changes } = {}) {
  return {
    id,
    public_id: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
    definition_id: 'api_entreprise',
    type: 'AuthorizationRequest::APIEntreprise',
    state: 'validated',
    form_uid: 'api-entreprise-marches-publics',
    data,
    created_at: '2022-01-10T09:00:00.000+01:00',
    last_submitted_at: '2022-01-12T10:30:00.000+01:00',
    last_validated_at: '2022-01-20T16:45:00.000+01:00',
    reopening: false,
    reopened_at: null,
    organisation: {
      id: 51,
      siret,
      name: 'Une commune',
      insee_payload: { etablissement: { siret } },
    },
    applicant: {
      id: 42,
      email: `demandeur-${id}@mairie.example`,
      given_name: 'Jeanne',
      family_name: 'Faure',
    },
    service_provider: null,
    habilitations: [
      {
        id: id + 50_000,
        slug: `${id}--20-01-2022`,
        revoked: false,
        state: 'active',
        created_at: '2022-01-20T16:45:00.000+01:00',
        form_uid: 'api-entreprise-marches-publics',
        data,
        authorization_request_class: 'AuthorizationRequest::APIEntreprise',
        definition_id: 'api_entreprise',
        ...habilitation,
      },
    ],
    events: [
      { id: id * 10, name: 'create', created_at: '2022-01-10T09:00:00.000+01:00' },
      { id: id * 10 + 1, name: 'submit', created_at: '2022-01-12T10:30:00.000+01:00' },
      { id: id * 10 + 2, name: 'approve', created_at: '2022-01-20T16:45:00.000+01:00' },
    ],
    ...changes,
  };
}

/** The same once it was revoked, for a reason. */
export function revokedDemande(id, siret, reason) {
  const granted = demande(id, siret, { habilitation: { revoked: true, state: 'revoked' } });
  const revocation = {
    id: id * 10 + 3,
    name: 'revoke',
    created_at: '2023-06-01T08:00:00.000+02:00',
    entity: { type: 'RevocationOfAuthorization', id: 3, reason },
  };
  return { ...granted, state: 'revoked', events: [...granted.events, revocation] };
}

let lastId = 9000;
/** A number that no request of a test had. */
export const newId = () => ++lastId;

/** Files of one request, by `document/name`. */
export async function plant(folder, id, files) {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, String(id), name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, content);
  }
}

const TABLES = [
  'account',
  'organisation',
  'membership',
  'request',
  'former_request',
  'decision',
].concat([
  'habilitation',
  'attachment',
  'attachment_content',
  'request_event',
  'token',
  'audit',
  'outbox',
]);

export class Import {
  /**
   * @param {import('./server.mjs').Server} server
   * @param {{client: import('./client.mjs').Client}} instructor of API Entreprise
   */
  constructor(server, instructor) {
    this.server = server;
    this.instructor = instructor;
  }

  async write(content) {
    const path = join(this.server.dataDir, `${randomUUID()}.json`);
    await writeFile(path, content);
    return path;
  }

  /** Runs the import on rows, or on the text of a file. */
  async run(rows, ...options) {
    const path = await this.write(Array.isArray(rows) ? JSON.stringify(rows) : rows);
    const args = ['import-requests', '--product=api-entreprise', ...options, path];
    const { stdout, ...rest } = await runProgram(args, { env: this.server.env });
    // The former number stands behind the row; the tests know it.
    return { ...rest, stdout: stdout.replaceAll(/^(row \d+) \(\d+\)/gm, '$1') };
  }

  /** The same, one row a line. */
  runLines(rows, ...options) {
    return this.run(rows.map((row) => JSON.stringify(row)).join('\n'), ...options);
  }

  /** Runs it; every row is taken over. */
  async take(rows, ...options) {
    const { code, stdout, stderr } = await this.run(rows, ...options);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, new RegExp(`^${rows.length} requests taken over, 0 already there`, 'm'));
    return stdout;
  }

  /** The request that had this number. */
  async find(number, client = this.instructor.client) {
    const { body } = (await client.get(`/v1/requests?q=D${number}`)).expect(200);
    assert.equal(body.items.length, 1, `a search for D${number}`);
    return (await client.get(`/v1/requests/${body.items[0].id}`)).expect(200).body;
  }

  /** Somebody whom an import made, who chooses a password as people do who never had one here. */
  async comeAs(email) {
    (await this.server.client().post('/v1/password-reset-mail', { email })).expect(202);
    const { token } = await this.server.mailbox.take({ to: email });
    const body = { token, password: PASSWORD };
    (await this.server.client().post('/v1/password-reset', body)).expect(204);
    const client = this.server.client();
    await client.logIn(email, PASSWORD);
    return client;
  }

  /** How many rows each table has, and which numbers were given out. */
  count() {
    const tables = TABLES.map((table) => `(select count(*) from ${table})`);
    const sequences = ['request_number_seq', 'habilitation_number_seq'].map(
      (name) => `(select last_value from ${name})`,
    );
    return this.server.database.sql(`select ${[...tables, ...sequences].join(', ')}`);
  }
}
