// Data tokens for the tests of the gateway, signed by a key of the test and put where an approval
// puts them. The way through sign-up, request and decision has its own tests.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createAccount } from './accounts.mjs';
import { SIRETS } from './sirets.mjs';
import { waitFor } from './wait.mjs';

const base64url = (value) => Buffer.from(value).toString('base64url');
const quote = (text) => (text === null ? 'null' : `'${String(text).replaceAll("'", "''")}'`);
const list = (items, type) => `array[${items.map(quote).join(',')}]::${type}[]`;
const seconds = (date = new Date()) => Math.floor(date.getTime() / 1000);

export const DAY_S = 86_400;

/** A query that every endpoint asks for. */
export const ASKED = `context=tests&object=dossier-1&recipient=${SIRETS.PARIS}`;

export class Issuer {
  constructor(server) {
    this.server = server;
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.privateKey = privateKey;
    this.publicPem = publicKey.export({ type: 'spki', format: 'pem' });
    this.kid = createHash('sha256').update(this.publicPem).digest('base64url').slice(0, 20);
    this.jwk = { ...publicKey.export({ format: 'jwk' }), kid: this.kid, alg: 'ES256', use: 'sig' };
  }

  /** Calls that the gateway answered 401 before it knew the key: it counts them as bad tokens. */
  refusedProbes = 0;

  /** Makes the key known; the server notices at once. */
  async start() {
    const { database } = this.server;
    await database.sql(`insert into signing_key (kid, state, public_jwk, public_pem, sealed_private_pem)
      values (${quote(this.kid)}, 'previous', ${quote(JSON.stringify(this.jwk))}, ${quote(this.publicPem)}, '')`);
    await database.sql("select pg_notify('signing_key', '')");
    const probe = await this.issue();
    await waitFor('the key of the tests', async () => {
      const { status } = await probe.get('privileges');
      if (status === 401) this.refusedProbes++;
      return status === 200;
    });
    return this;
  }

  /** The compact form of any claims under any header. */
  sign(claims, header = {}) {
    return this.signText(JSON.stringify(claims), header);
  }

  /** The same of claims as they are written, well or not. */
  signText(claims, header = {}) {
    const head = JSON.stringify({ alg: 'ES256', typ: 'JWT', kid: this.kid, ...header });
    const data = `${base64url(head)}.${base64url(claims)}`;
    const key = { key: this.privateKey, dsaEncoding: 'ieee-p1363' };
    return `${data}.${base64url(sign('sha256', Buffer.from(data), key))}`;
  }

  /**
   * A token with its row.
   * @param {{scopes?: string[], product?: string, siret?: string, allowedIps?: string[],
   *   expiresAt?: Date, applicantId?: string, contacts?: object}} [options]
   */
  async issue({
    scopes = [],
    product = 'api-entreprise',
    siret = SIRETS.CLAMART,
    allowedIps = [],
    expiresAt = new Date(Date.now() + 540 * DAY_S * 1000),
    applicantId,
    contacts = {},
  } = {}) {
    const { database } = this.server;
    const [request, decision, habilitation, id] = [1, 2, 3, 4].map(() => randomUUID());
    const issuedAt = seconds() - 1;
    const owner = applicantId ?? randomUUID();
    const snapshot = quote(JSON.stringify({ fields: { contacts } }));
    const code = id.slice(0, 12);
    await database.sql(`
      set session_replication_role = replica;
      insert into request (id, product, use_case, form_version, siret, applicant_id, state, last_event, habilitation_id)
        values ('${request}', ${quote(product)}, 'tests', '1', '${siret}', '${owner}', 'approved', 'approve', '${habilitation}');
      insert into habilitation (id, request_id, decision_id, product, use_case, form_version, siret, applicant_id, scopes, snapshot, confirmation_code)
        values ('${habilitation}', '${request}', '${decision}', ${quote(product)}, 'tests', '1', '${siret}', '${owner}', ${list(scopes, 'text')}, ${snapshot}, '${code}');
      insert into token (id, request_id, habilitation_id, subject_id, product, siret, scopes, allowed_ips, kid, issued_at, sealed_jwt, expires_at)
        values ('${id}', '${request}', '${habilitation}', '${habilitation}', ${quote(product)}, '${siret}', ${list(scopes, 'text')},
          ${list(allowedIps, 'cidr')}, ${quote(this.kid)}, ${issuedAt}, '', to_timestamp(${expiresAt.getTime() / 1000}))`);
    return new Token(this, {
      id,
      product,
      scopes,
      siret,
      requestId: request,
      subject: habilitation,
      issuedAt,
      expiresAt: seconds(expiresAt),
    });
  }

  /** The account of an applicant, to be passed to `issue`. */
  async applicant(person) {
    const account = await createAccount(this.server, person);
    const [{ id }] = await this.server.database.rows(
      `select id from account where email = ${quote(account.email)}`,
    );
    return { ...account, id };
  }
}

export class Token {
  constructor(issuer, fields) {
    this.issuer = issuer;
    Object.assign(this, fields);
    this.string = this.stringOf();
  }

  /** The string that carries this token, with other claims where given. */
  stringOf(claims = {}, header = {}) {
    return this.issuer.sign(
      {
        iss: this.issuer.server.url,
        aud: this.product,
        sub: this.subject,
        jti: this.id,
        iat: this.issuedAt,
        nbf: this.issuedAt,
        exp: this.expiresAt,
        scopes: this.scopes,
        siret: this.siret,
        version: '1.0',
        ...claims,
      },
      header,
    );
  }

  /** Calls the gateway; `path` below the product. */
  async get(path, { string = this.string, headers = {}, server = this.issuer.server } = {}) {
    const client = server.client();
    try {
      const options = { bearer: string ?? undefined, headers };
      return await client.get(`/gateway/${this.product}/${path}`, options);
    } finally {
      client.close();
    }
  }

  /** Changes columns of the row: `{revoked_at: 'now()'}`, values as SQL. */
  async change(columns) {
    const settings = Object.entries(columns).map(([name, value]) => `${name} = ${value}`);
    await this.issuer.server.database.sql(
      `update token set ${settings.join(', ')} where id = '${this.id}'`,
    );
  }
}
