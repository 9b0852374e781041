// People for the tests: active at once, and logged in. The program's own command makes the first one of an
// organisation; later ones are what the command would have made, written by SQL.
import { randomBytes } from 'node:crypto';
import { SIRETS } from './sirets.mjs';

export const PASSWORD = 'parapluie-violet-42-Tramontane';

/** Ten letters of their own, without digits: a search for the request D1 must not find an address. */
export const randomWord = () =>
  [...randomBytes(10)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');

/** @type {WeakMap<object, Map<string, string>>} the hash of each password, of the people of a database */
const hashes = new WeakMap();

const quote = (text) => `'${text.replaceAll("'", "''")}'`;

/** False where the command has to do it: the organisation's row is not there, or the address is taken. */
async function copyPerson(database, { email, siret, role, givenName, familyName }, hash) {
  const [name, product] = role?.split(':') ?? [];
  const values = [email, email, givenName, familyName, hash].map(quote).join(', ');
  const rows = await database.sql(`
    with person as (
      insert into account (email, email_key, given_name, family_name, password_hash, state, activated_at, current_siret)
        select ${values}, 'active', now(), siret
        from organisation where siret = ${quote(siret)} and state <> 'pending_directory'
        on conflict do nothing
        returning id),
    member as (
      insert into membership (account_id, siret, state, ground)
        select id, ${quote(siret)}, 'active', 'administrator' from person),
    staff as (
      insert into staff_role (account_id, role, product)
        select id, role, product from person, (values
          (${name ? quote(name) : 'null::text'}, ${product ? quote(product) : 'null::text'})) as wanted(role, product)
        where role is not null)
    select id from person`);
  return rows.length === 1;
}

async function provision(server, { email, siret, role, givenName, familyName, password }) {
  const names = ['--given-name', givenName, '--family-name', familyName];
  const roles = role ? ['--role', role] : [];
  const args = ['create-account', email, '--siret', siret, ...names, ...roles, '--password-stdin'];
  await server.command(args, `${password}\n`);
}

async function keepHash(database, { email, password }) {
  const [hash] = await database.sql(
    `select password_hash from account where email_key = ${quote(email)}`,
  );
  if (!hashes.has(database)) hashes.set(database, new Map());
  hashes.get(database).set(password, hash);
}

/**
 * @param {import('./server.mjs').Server} server
 * @param {object} [person]
 * @param {string} [person.email] default: a new one at the domain of `domain`
 * @param {string} [person.domain]
 * @param {string} [person.siret]
 * @param {string} [person.role] `instructor:api-entreprise`, `support`, `admin` …
 * @param {string} [person.givenName]
 * @param {string} [person.familyName]
 * @param {string} [person.password]
 */
export async function createAccount(
  server,
  {
    domain = 'mairie.example',
    email = `p${randomWord()}@${domain}`,
    siret = SIRETS.CLAMART,
    role,
    givenName = 'Camille',
    familyName = 'Durand',
    password = PASSWORD,
  } = {},
) {
  const person = { email, siret, role, givenName, familyName, password };
  const { database } = server;
  const known = hashes.get(database)?.get(password);
  // An address in another spelling is the command's to understand.
  const isPlain = /^[a-z0-9.+-]+@[a-z0-9.-]+$/.test(email);
  if (!known || !isPlain || !(await copyPerson(database, person, known))) {
    await provision(server, person);
    if (database && isPlain) await keepHash(database, person);
  }
  return { email, password, siret, givenName, familyName };
}

/** The same, with a client that is logged in as this person. */
export async function logInAs(server, person) {
  const account = await createAccount(server, person);
  const client = server.client();
  const { body } = await client.logIn(account.email, account.password);
  return { ...account, client, session: body };
}

/** What a stranger types to sign up; every call another address. */
export function signUpForm({
  domain = 'mairie.example',
  email = `n${randomWord()}@${domain}`,
  siret = SIRETS.CLAMART,
  ...others
} = {}) {
  const names = { given_name: 'Ana', family_name: 'Benali' };
  return { email, ...names, siret, ...others };
}

/** Signs up; gives what was typed, and the secret of the link that was mailed. */
export async function register(server, person) {
  const form = signUpForm(person);
  (await server.client().post('/v1/accounts', form)).expect(202);
  const { token } = await server.mailbox.take({ to: form.email, subject: /Activez/ });
  return { ...form, token };
}

/** Uses the mailed link; `others` may correct the names. */
export function activate(client, token, { password = PASSWORD, ...others } = {}) {
  return client.post('/v1/accounts/activation', { token, password, ...others });
}

/**
 * Signs up and uses the mailed link; `status` is that of the membership.
 * @returns {Promise<{email: string, password: string, foreseen: string, status: string}>}
 */
export async function signUp(server, { password = PASSWORD, ...person } = {}) {
  const client = server.client();
  const form = signUpForm(person);
  const foreseen = (await client.post('/v1/accounts', form)).expect(202).body.status;
  const { token } = await server.mailbox.take({ to: mailedTo(form.email), subject: /Activez/ });
  const { body } = (await activate(client, token, { password })).expect(200);
  return { email: form.email, password, foreseen, status: body.status };
}

// Mails go to the domain in lower case; the part before the @ stays as typed.
function mailedTo(email) {
  const at = email.lastIndexOf('@');
  return email.slice(0, at) + email.slice(at).toLowerCase();
}
