// Log-in through a real identity provider, the session it opens, and log-out.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { activate, createAccount, PASSWORD, signUp, signUpForm } from '../support/accounts.mjs';
import { startOidcProvider, walkThroughProvider } from '../support/oidc.mjs';
import { freePort } from '../support/ports.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS, unknownSiret } from '../support/sirets.mjs';

let server;
let provider;
let next = 0;
before(async () => {
  const port = String(await freePort());
  provider = await startOidcProvider({ publicUrl: `http://127.0.0.1:${port}` });
  server = await startServer({ env: { ...provider.env, GUICHET_PORT: port } });
});
after(async () => {
  await server.stop();
  await provider.stop();
});

// Each test has a person of its own at the provider.
beforeEach(() => {
  next += 1;
  Object.assign(provider.person, {
    sub: `person-${next}`,
    email: `agent-${next}@dila.example`,
    email_verified: true,
    given_name: 'Camille',
    usual_name: 'Martin',
    siret: SIRETS.PARIS,
  });
  provider.logins.askedAgoS = 0;
});

async function start(client, path = '/v1/login/oidc') {
  return (await client.get(path)).expect(302).headers.location;
}

/** Follows the whole flow; returns the address at which the browser arrives. */
async function logIn(client, path) {
  const back = await walkThroughProvider(await start(client, path), provider.issuer);
  return (await client.get(back.pathname + back.search)).expect(302).headers.location;
}

async function whoIs(client) {
  const { body } = (await client.get('/v1/session')).expect(200);
  client.csrf = body.csrf_token;
  return body;
}

test('a_person_who_was_imported_without_a_password_logs_in_by_the_provider', async () => {
  const { email } = provider.person;
  const file = join(server.dataDir, 'people.csv');
  await writeFile(
    file,
    `email,given_name,family_name,siret\n${email},Camille,Martin,${SIRETS.PARIS}\n`,
  );
  await server.command(['import-accounts', file]);
  const client = server.client();
  await logIn(client, '/v1/login/oidc');
  const { account, memberships } = await whoIs(client);
  assert.equal(account.email, email);
  assert.deepEqual(
    memberships.map(({ siret, state }) => [siret, state]),
    [[SIRETS.PARIS, 'active']],
  );
  const [count] = await server.database.sql(
    `select count(*) from account where email = '${email}'`,
  );
  assert.equal(count, '1');
});

test('creates_an_active_account_that_joins_its_organisation', async () => {
  const client = server.client();
  assert.equal(
    await logIn(client, '/v1/login/oidc?next=/demandes%3Fproduct%3Dx'),
    '/demandes?product=x',
  );
  const { account, memberships } = await whoIs(client);
  assert.equal(account.email, provider.person.email);
  assert.deepEqual([account.given_name, account.family_name], ['Camille', 'Martin']);
  assert.equal(account.has_password, false);
  assert.deepEqual(
    memberships.map(({ siret, state }) => ({ siret, state })),
    [{ siret: SIRETS.PARIS, state: 'active' }],
  );
});

test('applies_the_three_cases_of_attachment', async () => {
  await signUp(server, { siret: SIRETS.LYON, domain: 'lyon.example' });
  provider.person.siret = SIRETS.LYON;
  const client = server.client();
  await logIn(client);
  const { account, memberships } = await whoIs(client);
  assert.equal(memberships[0].state, 'suspended');
  assert.equal(account.current_siret, null);
});

test('finds_the_same_account_after_the_email_changed', async () => {
  const first = server.client();
  await logIn(first);
  const { account } = await whoIs(first);
  provider.person.email = `renamed-${next}@dila.example`;
  const second = server.client();
  await logIn(second);
  const again = await whoIs(second);
  assert.equal(again.account.id, account.id);
  assert.equal(again.account.email, account.email);
});

test('finds_an_account_with_a_password_by_a_verified_email', async () => {
  const known = await createAccount(server, { email: provider.person.email });
  const client = server.client();
  await logIn(client);
  const { account } = await whoIs(client);
  assert.equal(account.email, known.email);
  assert.equal(account.given_name, known.givenName);
  (await server.client().logIn(known.email, known.password)).expect(201);
  const mail = await server.mailbox.take({
    to: known.email,
    subject: /autre façon de vous connecter/,
  });
  assert.match(mail.text, /Ce n’était pas vous/);
});

test('finds_no_account_by_an_email_that_is_not_verified', async () => {
  await createAccount(server, { email: provider.person.email });
  provider.person.email_verified = false;
  const client = server.client();
  assert.equal(await logIn(client), '/connexion?erreur=adresse-non-verifiee');
  assert.equal((await whoIs(client)).account, null);
  provider.person.email = `unknown-${next}@dila.example`;
  assert.equal(await logIn(client), '/connexion?erreur=adresse-non-verifiee');
});

test('ends_the_registrations_of_the_address_and_takes_nothing_of_them', async () => {
  const form = signUpForm({ email: provider.person.email, siret: SIRETS.RENNES });
  (await server.client().post('/v1/accounts', form)).expect(202);
  const { token } = await server.mailbox.take({ to: form.email, subject: /Activez/ });
  const client = server.client();
  await logIn(client);
  const { account, memberships } = await whoIs(client);
  assert.equal(account.has_password, false);
  assert.deepEqual(
    memberships.map(({ siret }) => siret),
    [provider.person.siret],
  );
  assert.notEqual(account.family_name, form.family_name);
  (await activate(server.client(), token)).expect(422);
  (await server.client().post('/v1/session', { email: form.email, password: PASSWORD })).expect(
    401,
  );
});

test('opens_a_session_without_organisation_for_an_unknown_siret', async () => {
  provider.person.siret = unknownSiret(next);
  const client = server.client();
  await logIn(client);
  assert.deepEqual((await whoIs(client)).memberships, []);
});

test('refuses_an_answer_that_this_browser_did_not_request', async () => {
  const victim = server.client();
  const thief = server.client();
  const back = await walkThroughProvider(await start(thief), provider.issuer);
  const path = back.pathname + back.search;
  assert.equal(
    (await victim.get(path)).expect(302).headers.location,
    '/connexion?erreur=connexion-refusee',
  );
  await start(victim);
  assert.equal(
    (await victim.get(path)).expect(302).headers.location,
    '/connexion?erreur=connexion-refusee',
  );
  assert.equal((await whoIs(victim)).account, null);
});

test('explains_that_the_user_refused', async () => {
  const client = server.client();
  const { searchParams } = new URL(await start(client));
  const path = `/v1/login/oidc/callback?error=access_denied&state=${searchParams.get('state')}`;
  assert.equal(
    (await client.get(path)).expect(302).headers.location,
    '/connexion?erreur=connexion-refusee',
  );
});

test('redirects_to_no_other_site', async () => {
  const leave = ['//evil.example', 'https://evil.example', '/%5Cevil.example', '/%0d%0aX:1'];
  // What a browser resolves to "//evil.example".
  leave.push(
    '/.//evil.example',
    '/a/..//evil.example',
    '/%252e//evil.example',
    '/%252E%2E//evil.example',
  );
  for (const path of leave) {
    (await server.client().get(`/v1/login/oidc?next=${path}`)).expect(400, 422);
  }
  for (const path of ['/', '/demandes/', '/jetons/7?x=..//a%23//b', '/.well-known/a', '/...']) {
    (await server.client().get(`/v1/login/oidc?next=${path}`)).expect(302);
  }
});

describe('an act that needs a recent log-in', () => {
  const act = (client) => client.post('/v1/account/second-factor');

  test('is_allowed_after_the_provider_authenticated_the_user', async () => {
    const client = server.client();
    await logIn(client);
    await whoIs(client);
    (await act(client)).expect(201);
  });

  test('is_refused_after_an_old_authentication_until_a_new_one', async () => {
    const client = server.client();
    provider.logins.askedAgoS = 3600;
    await logIn(client);
    const { logged_in_at: at } = await whoIs(client);
    assert.ok(Date.now() - Date.parse(at) > 3_500_000, at);
    const refused = (await act(client)).expect(403);
    assert.match(refused.body.type, /recent-login-required$/);
    provider.logins.askedAgoS = 0;
    assert.equal(await logIn(client, '/v1/login/oidc?next=/compte&prompt=login'), '/compte');
    await whoIs(client);
    (await act(client)).expect(201);
  });

  test('is_refused_when_the_provider_skipped_the_requested_authentication', async () => {
    const client = server.client();
    provider.logins.askedAgoS = 3600;
    await logIn(client);
    assert.equal(
      await logIn(client, '/v1/login/oidc?next=/compte&prompt=login'),
      '/connexion?erreur=identite-non-redemandee',
    );
    const { account } = await whoIs(client);
    assert.equal(account.email, provider.person.email, 'the session that was there stays');
    (await act(client)).expect(403);
  });

  test('is_refused_without_a_time_of_authentication', async () => {
    const port = String(await freePort());
    const url = `http://127.0.0.1:${port}`;
    const silent = await startOidcProvider({ publicUrl: url, tells: false });
    const other = await startServer({ env: { ...silent.env, GUICHET_PORT: port } });
    try {
      const client = other.client();
      const walk = async (path) => {
        const back = await walkThroughProvider(await start(client, path), silent.issuer);
        (await client.get(back.pathname + back.search)).expect(302);
        await whoIs(client);
      };
      await walk('/v1/login/oidc');
      (await act(client)).expect(403);
      await walk('/v1/login/oidc?prompt=login');
      (await act(client)).expect(201);
    } finally {
      await other.stop();
      await silent.stop();
    }
  });

  test('accepts_one_value_of_prompt', async () => {
    const path = '/v1/login/oidc?next=//evil.example&prompt=none';
    assert.deepEqual((await server.client().get(path)).expect(422).codes, {
      next: 'invalid_format',
      prompt: 'unknown_value',
    });
  });
});

test('logs_out_at_the_provider_too', async () => {
  const client = server.client();
  await logIn(client);
  await whoIs(client);
  const answer = (await client.delete('/v1/session')).expect(204);
  const [, url] = /^<([^>]+)>; rel="logout"$/.exec(answer.headers.link);
  assert.ok(url.startsWith(provider.issuer));
  assert.equal(new URL(url).searchParams.get('post_logout_redirect_uri'), `${server.url}/`);
});

test('explains_that_the_provider_is_down_while_the_password_still_works', async () => {
  const known = await createAccount(server);
  const client = server.client();
  const back = await walkThroughProvider(await start(client), provider.issuer);
  await provider.stop();
  try {
    const location = '/connexion?erreur=fournisseur-indisponible';
    assert.equal(
      (await client.get(back.pathname + back.search)).expect(302).headers.location,
      location,
    );
    assert.equal(await start(client), location, 'nobody is sent to a page that is not there');
    (await server.client().logIn(known.email, known.password)).expect(201);
  } finally {
    await provider.start();
  }
});
