// Who may ask: one person or program of each kind, all of them around one request of one organisation.
import { randomBytes } from 'node:crypto';
import { createAccount, logInAs } from '../../support/accounts.mjs';
import { SIRETS } from '../../support/sirets.mjs';

export const PRODUCT = 'api-entreprise';
/** A product that the instructor of another product judges. */
export const OTHER_PRODUCT = 'api-particulier';
export const ORGANISATION = SIRETS.CLAMART;

/**
 * The columns of the matrix, in their order: the name in the table and who it is.
 * @type {[string, string][]}
 */
export const ACTORS = [
  ['anon', 'nobody: no session, no token'],
  ['strg', 'a stranger: active member of another organisation'],
  ['coll', 'a colleague: active member of the organisation'],
  ['extl', 'a member accepted as external, who is not the applicant'],
  ['susp', 'a person whose membership of the organisation is suspended'],
  ['appl', 'the applicant'],
  ['gone', 'the applicant, once their membership was refused'],
  ['ctrl', 'the data controller named in the request, who works elsewhere'],
  ['dpo', 'the data protection officer named in it, who works elsewhere'],
  ['busi', 'the business contact named in it, who works elsewhere'],
  ['tech', 'the technical contact named in it, who works elsewhere'],
  ['rept', 'a reporter of the product'],
  ['inst', 'an instructor of the product'],
  ['inso', 'an instructor of another product'],
  ['mana', 'a manager of the product'],
  ['supp', 'support of the platform'],
  ['admn', 'an administrator of the platform'],
  [
    'prog',
    'a program of the organisation (responsible: the applicant) with the scope of the route alone',
  ],
  ['less', 'the same program with every scope but that of the route'],
  ['prgp', 'a program of the product (responsible: a manager) with the scope of the route alone'],
  ['prgs', 'a program of another organisation with the scope of the route alone'],
  ['data', 'the data token of the request, sent as Bearer'],
];

const CONTACTS = { ctrl: 'direction', dpo: 'dpo', busi: 'metier', tech: 'technique' };
const ROLES = {
  rept: `reporter:${PRODUCT}`,
  inst: `instructor:${PRODUCT}`,
  inso: `instructor:${OTHER_PRODUCT}`,
  mana: `manager:${PRODUCT}`,
  supp: 'support',
  admn: 'admin',
};
export const PROGRAMS = new Set(['prog', 'less', 'prgp', 'prgs']);
export const PERSONS = ACTORS.map(([name]) => name).filter(
  (name) => !PROGRAMS.has(name) && name !== 'anon' && name !== 'data',
);

/** Makes the actors of one server. */
export class Cast {
  /** @type {Map<string, object>} */
  #people = new Map();
  #programs = new Map();
  #accessTokens = new Map();

  constructor(server) {
    this.server = server;
    this.domain = `ville-${randomBytes(4).toString('hex')}.example`;
  }

  /** Makes everybody, the programs with the scopes that the program knows. */
  async start(scopes) {
    for (const name of PERSONS) this.#people.set(name, await this.make(name));
    this.scopes = scopes;
    const common = scopes.filter((scope) => !['usage:write', 'tokens:introspect'].includes(scope));
    this.#programs.set('prog', await this.#program('appl', { siret: ORGANISATION }, common));
    this.#programs.set('prgs', await this.#program('strg', { siret: SIRETS.PARIS }, common));
    this.#programs.set('prgp', await this.#program('mana', { product: PRODUCT }, scopes));
    this.#programs.set('less', this.#programs.get('prog'));
    return this;
  }

  async #program(maker, tie, scopes) {
    const body = { name: `Programme ${maker}`, ...tie, scopes };
    const answer = await this.person(maker).client.post('/v1/clients', body);
    return { ...answer.expect(201).body, scopes };
  }

  /** The person of this kind; `client` is logged in. */
  person(name) {
    return this.#people.get(name);
  }

  program(name) {
    return this.#programs.get(name);
  }

  /** A new person of this kind, logged in. */
  async make(name) {
    const person = await logInAs(this.server, this.#wanted(name));
    if (name === 'extl') await this.#join(person, 'external');
    if (name === 'susp') await this.setMembership(person, 'suspended');
    return person;
  }

  #wanted(name) {
    // The first is the contact by name; later ones have the kind without the request.
    if (CONTACTS[name]) {
      const email = this.#people.has(name) ? undefined : `${CONTACTS[name]}@${this.domain}`;
      return { siret: SIRETS.LYON, email };
    }
    if (ROLES[name]) return { siret: SIRETS.DINUM, domain: 'dinum.example', role: ROLES[name] };
    if (name === 'strg' || name === 'extl') return { siret: SIRETS.PARIS, domain: 'paris.example' };
    return { siret: ORGANISATION, domain: this.domain };
  }

  async #join({ email }, state) {
    await this.server.database.sql(
      `insert into membership (account_id, siret, state, ground)
         select id, '${ORGANISATION}', '${state}', 'administrator' from account where email = '${email}'`,
    );
  }

  /** Their membership of the organisation, as support would set it. */
  async setMembership({ email }, state) {
    await this.server.database.sql(
      `update membership set state = '${state}' where siret = '${ORGANISATION}'
         and account_id = (select id from account where email = '${email}')`,
    );
  }

  /** An active colleague without a session, new at each call. */
  newcomer() {
    return createAccount(this.server, { siret: ORGANISATION, domain: this.domain });
  }

  /** The scopes that a program of this kind shows at a route of `scope`. */
  #scopesOf(name, scope) {
    const { scopes } = this.program(name);
    if (scope === null) return scopes;
    const opening = scope.split(' '); // one of them opens the route
    if (name === 'less') return scopes.filter((one) => !opening.includes(one));
    return [opening.find((one) => scopes.includes(one)) ?? opening[0]];
  }

  /** Access token of a program; null where the program may not have the scope. */
  async accessToken(name, scope) {
    const program = this.program(name);
    const wanted = this.#scopesOf(name, scope).join(' ');
    const key = `${name} ${wanted}`;
    if (!this.#accessTokens.has(key)) {
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: program.client.id,
        client_secret: program.client_secret,
        scope: wanted,
      });
      const { status, body } = await this.server.client().post('/v1/oauth/token', form);
      this.#accessTokens.set(key, status === 200 ? body.access_token : null);
    }
    return this.#accessTokens.get(key);
  }
}
