// People for the tests: active at once, by the program's own command, and logged in.
import { randomBytes } from 'node:crypto';
import { SIRETS } from './sirets.mjs';

export const PASSWORD = 'parapluie-violet-42-Tramontane';

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
    email = `p${randomBytes(5).toString('hex')}@${domain}`,
    siret = SIRETS.CLAMART,
    role,
    givenName = 'Camille',
    familyName = 'Durand',
    password = PASSWORD,
  } = {},
) {
  const names = ['--given-name', givenName, '--family-name', familyName];
  const roles = role ? ['--role', role] : [];
  const args = ['create-account', email, '--siret', siret, ...names, ...roles, '--password-stdin'];
  await server.command(args, `${password}\n`);
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
  email = `n${randomBytes(5).toString('hex')}@${domain}`,
  siret = SIRETS.CLAMART,
  ...others
} = {}) {
  const names = { given_name: 'Ana', family_name: 'Benali' };
  return { email, password: PASSWORD, ...names, siret, ...others };
}

/**
 * Signs up and uses the mailed link; `status` is that of the membership.
 * @returns {Promise<{email: string, password: string, foreseen: string, status: string}>}
 */
export async function signUp(server, person) {
  const client = server.client();
  const form = signUpForm(person);
  const foreseen = (await client.post('/v1/accounts', form)).expect(202).body.status;
  const { token } = await server.mailbox.take({ to: mailedTo(form.email), subject: /Activez/ });
  const { body } = (await client.post('/v1/accounts/activation', { token })).expect(200);
  return { email: form.email, password: form.password, foreseen, status: body.status };
}

// Mails go to the domain in lower case; the part before the @ stays as typed.
function mailedTo(email) {
  const at = email.lastIndexOf('@');
  return email.slice(0, at) + email.slice(at).toLowerCase();
}
