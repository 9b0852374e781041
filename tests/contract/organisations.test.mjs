// The three cases, members, joining and leaving, support's queue and verdicts, the directory.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  activate,
  createAccount,
  logInAs,
  PASSWORD,
  signUp,
  signUpForm,
} from '../support/accounts.mjs';
import { patiently } from '../support/client.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS, unknownSiret } from '../support/sirets.mjs';

let server;
let support;
before(async () => {
  server = await startServer();
  support = (
    await logInAs(server, { siret: SIRETS.DINUM, role: 'support', domain: 'dinum.example' })
  ).client;
});
after(() => server.stop());

const memberships = async (client) =>
  (await client.get('/v1/session')).expect(200).body.memberships;

async function suspended(siret, domain) {
  const person = await signUp(server, { siret, domain });
  assert.equal(person.status, 'suspended');
  const client = server.client();
  const [membership] = (await client.logIn(person.email, PASSWORD)).body.memberships;
  return { ...person, client, membership };
}

const resolve = async (id, body) => {
  const [version] = await server.database.sql(`select version from membership where id = '${id}'`);
  const etag = `"${version ?? 1}"`;
  return support.post(`/v1/memberships/${id}/resolution`, body, { etag });
};

describe('the three cases', () => {
  test('attach_the_first_account_and_those_of_its_domain_and_mail_the_members', async () => {
    const siret = SIRETS.NANTES;
    const first = await signUp(server, { siret, domain: 'nantes.example' });
    assert.deepEqual([first.foreseen, first.status], ['activation_sent', 'active']);
    const names = { given_name: 'Ève', family_name: 'Ngo' };
    const second = await signUp(server, { siret, domain: 'NANTES.example', ...names });
    assert.deepEqual([second.foreseen, second.status], ['activation_sent', 'active']);
    const mail = await server.mailbox.take({ to: first.email, subject: /rejoint/ });
    assert.match(mail.text, /Ève Ngo/);
    assert.ok(mail.text.includes(second.email.toLowerCase()));
    assert.match(mail.raw, /^List-Unsubscribe: /m);
  });

  test('suspend_accounts_of_another_domain_sub_domains_included', async () => {
    const siret = SIRETS.TOULOUSE;
    await signUp(server, { siret, domain: 'toulouse.example' });
    for (const domain of ['agents.toulouse.example', 'toulouse2.example']) {
      const form = signUpForm({ siret, domain });
      const { body } = (await server.client().post('/v1/accounts', form)).expect(202);
      assert.equal(body.status, 'suspended', 'said before anything is activated');
      assert.match(body.support_email, /@/);
      const { token } = await server.mailbox.take({ to: form.email, subject: /Activez/ });
      const activated = await activate(server.client(), token);
      assert.equal(activated.expect(200).body.status, 'suspended');
      const mail = await server.mailbox.take({ to: form.email, subject: /vérifié/ });
      assert.ok(mail.text.includes(body.support_email));
    }
  });

  test('treat_free_mail_domains_as_different', async () => {
    const siret = SIRETS.MARSEILLE;
    assert.equal((await signUp(server, { siret, domain: 'gmail.com' })).status, 'active');
    const second = await signUp(server, { siret, domain: 'gmail.com' });
    assert.deepEqual([second.foreseen, second.status], ['suspended', 'suspended']);
  });

  test('compare_international_domains_in_either_spelling', async () => {
    const siret = SIRETS.ANNECY;
    await signUp(server, { siret, email: 'one@mairie-éléphant.example' });
    const client = server.client();
    const form = signUpForm({ siret, email: 'two@Mairie-Éléphant.example' });
    assert.equal(
      (await client.post('/v1/accounts', form)).expect(202).body.status,
      'activation_sent',
    );
  });

  test('count_activated_accounts_alone', async () => {
    const siret = SIRETS.RHONE;
    (await server.client().post('/v1/accounts', signUpForm({ siret, domain: 'a.example' }))).expect(
      202,
    );
    const second = await signUp(server, { siret, domain: 'b.example' });
    assert.deepEqual([second.foreseen, second.status], ['activation_sent', 'active']);
  });

  test('attach_one_of_fifty_concurrent_sign_ups', async () => {
    const siret = SIRETS.OCCITANIE;
    const forms = [];
    for (let i = 0; i < 50; i++) forms.push(signUpForm({ siret, domain: `d${i}.example` }));
    await inTurns(forms, 8, async (form) => {
      (await patiently(() => server.client().post('/v1/accounts', form))).expect(202);
    });
    const tokens = [];
    for (const form of forms) {
      tokens.push((await server.mailbox.take({ to: form.email, subject: /Activez/ })).token);
    }
    const answers = await Promise.all(
      tokens.map((token) => patiently(() => activate(server.client(), token))),
    );
    const states = answers.map((answer) => answer.expect(200).body.status);
    assert.equal(states.filter((state) => state === 'active').length, 1);
    assert.equal(states.filter((state) => state === 'suspended').length, 49);
  });
});

async function inTurns(items, atOnce, work) {
  const left = [...items];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left.length > 0) await work(left.pop());
    }),
  );
}

describe('a suspended person', () => {
  test('can_log_in_and_see_why_but_acts_for_no_organisation', async () => {
    await signUp(server, { siret: SIRETS.LYON, domain: 'lyon.example' });
    const { client, membership } = await suspended(SIRETS.LYON, 'ailleurs.example');
    assert.equal(membership.state, 'suspended');
    const { account } = (await client.get('/v1/session')).body;
    assert.equal(account.current_siret, null);
    (await client.get(`/v1/organisations/${SIRETS.LYON}/members`)).expect(403);
    const { etag } = (await client.get('/v1/account')).expect(200);
    const patch = { current_siret: SIRETS.LYON };
    const refused = await client.patch('/v1/account', patch, { etag });
    assert.deepEqual(refused.expect(422).codes, { '/current_siret': 'not_allowed' });
    const body = { product: 'api-entreprise', use_case: 'marches-publics', siret: SIRETS.LYON };
    (await client.post('/v1/requests', body)).expect(403);
  });
});

describe('support', () => {
  test('lists_the_case_with_its_evidence', async () => {
    const siret = SIRETS.RENNES;
    await signUp(server, { siret, domain: 'rennes.example' });
    const earlier = await suspended(siret, 'presta.example');
    (await resolve(earlier.membership.id, { outcome: 'refuse', reason: 'Inconnu ici.' })).expect(
      200,
    );
    const { membership, email } = await suspended(siret, 'presta.example');
    const path = `/v1/memberships?state=suspended&siret=${siret}`;
    const { items } = (await support.get(path)).expect(200).body;
    const found = items.find(({ id }) => id === membership.id);
    assert.equal(found.account.email, email);
    assert.equal(found.evidence.domain, 'presta.example');
    assert.equal(found.evidence.free_mail, false);
    assert.deepEqual(found.evidence.member_domains, [{ domain: 'rennes.example', members: 1 }]);
    assert.equal(found.evidence.organisation.siret, siret);
    const [{ domain, outcome, reason }] = found.evidence.earlier_resolutions;
    assert.deepEqual([domain, outcome, reason], ['presta.example', 'refuse', 'Inconnu ici.']);
    const byName = (await support.get(`/v1/memberships?q=${encodeURIComponent(email)}`)).body.items;
    assert.deepEqual(
      byName.map(({ id }) => id),
      [membership.id],
    );
  });

  test('accepts_without_trusting_the_domain', async () => {
    const siret = SIRETS.LILLE;
    await signUp(server, { siret, domain: 'lille.example' });
    const one = await suspended(siret, 'metropole.example');
    const answer = (await resolve(one.membership.id, { outcome: 'accept' })).expect(200);
    assert.equal(answer.body.state, 'active');
    await server.mailbox.take({ to: one.email, subject: /accepté/ });
    const [now] = await memberships(one.client);
    assert.equal(now.state, 'active');
    assert.equal((await one.client.get('/v1/session')).body.account.current_siret, siret);
    await suspended(siret, 'metropole.example');
    (await resolve(one.membership.id, { outcome: 'accept' })).expect(409);
  });

  test('trusts_a_domain_until_the_trust_is_withdrawn', async () => {
    const siret = SIRETS.BORDEAUX;
    await signUp(server, { siret, domain: 'bordeaux.example' });
    const one = await suspended(siret, 'metro-bx.example');
    (await resolve(one.membership.id, { outcome: 'accept', trust_domain: true })).expect(200);
    const path = `/v1/organisations/${siret}/trusted-domains`;
    const { items } = (await support.get(path)).expect(200).body;
    assert.deepEqual(
      items.map(({ domain }) => domain),
      ['metro-bx.example'],
    );
    assert.equal((await signUp(server, { siret, domain: 'metro-bx.example' })).status, 'active');
    (await support.post(path, { domain: 'Metro-BX.example' })).expect(409);
    (await support.post(path, { domain: 'autre.example' })).expect(201);
    const own = (await support.get('/v1/account')).expect(200).body.email.split('@')[1];
    (await support.post(path, { domain: own.toUpperCase() })).expect(403);
    const colleague = await suspended(siret, own);
    const trusting = { outcome: 'accept', trust_domain: true };
    (await resolve(colleague.membership.id, trusting)).expect(403);
    (await resolve(colleague.membership.id, { outcome: 'accept' })).expect(200);
    (await support.delete(`${path}/autre.example`)).expect(204);
    (await support.delete(`${path}/autre.example`)).expect(404);
    assert.deepEqual((await support.post(path, { domain: 'gmail.com' })).expect(422).codes, {
      '/domain': 'not_allowed',
    });
  });

  test('accepts_as_external', async () => {
    const siret = SIRETS.VEXIN;
    await signUp(server, { siret, domain: 'vexin.example' });
    const { membership, client, email } = await suspended(siret, 'bureau.example');
    const answer = await resolve(membership.id, { outcome: 'accept_as_external' });
    assert.equal(answer.expect(200).body.state, 'external');
    await server.mailbox.take({ to: email, subject: /prestataire/ });
    assert.equal((await memberships(client))[0].state, 'external');
  });

  test('refuses_with_a_reason_shown_to_the_user', async () => {
    const siret = SIRETS.ARPAJON_HOSPITAL;
    await signUp(server, { siret, domain: 'hopital.example' });
    const { membership, client, email } = await suspended(siret, 'inconnu.example');
    const bare = await resolve(membership.id, { outcome: 'refuse' });
    assert.deepEqual(bare.expect(422).codes, { '/reason': 'required' });
    const trusting = { outcome: 'refuse', reason: 'Non.', trust_domain: true };
    (await resolve(membership.id, trusting)).expect(422);
    const reason = 'Vous n’êtes pas connu ici.';
    (await resolve(membership.id, { outcome: 'refuse', reason })).expect(200);
    const mail = await server.mailbox.take({ to: email, subject: /pas accepté/ });
    assert.ok(mail.text.includes(reason));
    const [now] = await memberships(client);
    assert.deepEqual([now.state, now.reason], ['refused', reason]);
    (await client.post(`/v1/organisations/${siret}/members`)).expect(409);
  });

  test('never_trusts_free_mail', async () => {
    const siret = SIRETS.INSEE;
    await signUp(server, { siret, domain: 'insee.example' });
    const { membership } = await suspended(siret, 'orange.fr');
    const answer = await resolve(membership.id, { outcome: 'accept', trust_domain: true });
    assert.deepEqual(answer.expect(422).codes, { '/trust_domain': 'not_allowed' });
  });

  test('is_bound_to_what_was_read_the_name_and_address_of_the_person_included', async () => {
    await signUp(server, { siret: SIRETS.INSEE, domain: 'insee.example' });
    const { membership, client } = await suspended(SIRETS.INSEE, 'autrefois.example');
    const path = `/v1/memberships/${membership.id}/resolution`;
    const verdict = { outcome: 'accept' };
    (await support.post(path, verdict)).expect(428);
    (await support.post(path, verdict, { etag: '*' })).expect(428);
    const readCase = async () => {
      const { body } = await support.get('/v1/memberships?state=suspended&limit=100');
      return `"${body.items.find(({ id }) => id === membership.id).version}"`;
    };
    const read = await readCase();
    const { etag } = await client.get('/v1/account');
    (await client.patch('/v1/account', { family_name: 'Dupont' }, { etag })).expect(200);
    (await support.post(path, verdict, { etag: read })).expect(412);
    const again = await readCase();
    (await client.patch('/v1/account', { phone: '01 99 00 12 34' }, { etag: '*' })).expect(200);
    (await support.post(path, verdict, { etag: again })).expect(200);
  });

  test('is_refused_to_other_roles', async () => {
    const { client } = await logInAs(server, { siret: SIRETS.CLAMART });
    (await client.get('/v1/memberships')).expect(403);
    const path = '/v1/memberships/00000000-0000-4000-8000-000000000000/resolution';
    const etag = '"1"';
    (await client.post(path, { outcome: 'accept' }, { etag })).expect(403);
    (await support.post(path, { outcome: 'accept' }, { etag })).expect(404);
  });
});

describe('members', () => {
  test('are_visible_to_each_other_only', async () => {
    const { client, email } = await logInAs(server, {
      siret: SIRETS.CLAMART,
      domain: 'clamart.example',
    });
    const { items } = (await client.get(`/v1/organisations/${SIRETS.CLAMART}/members?limit=100`))
      .body;
    assert.ok(items.some(({ account }) => account.email === email));
    (await client.get(`/v1/organisations/${SIRETS.DINUM}/members`)).expect(404);
    (await client.get(`/v1/organisations/${SIRETS.DINUM}`)).expect(404);
    (await client.get('/v1/organisations/12345678901234')).expect(404);
    (await client.get(`/v1/organisations/${SIRETS.CLAMART}/members?state=left`)).expect(422);
    (await support.get(`/v1/organisations/${SIRETS.CLAMART}`)).expect(200);
    (await support.get(`/v1/organisations/${unknownSiret(5)}/members`)).expect(404);
  });

  test('report_unknown_members_to_support_for_a_verdict', async () => {
    const place = { siret: SIRETS.CLAMART, domain: 'clamart.example' };
    const { client } = await logInAs(server, place);
    const intruder = await logInAs(server, place);
    const [{ id }] = intruder.session.memberships;
    const comment = 'Personne ne le connaît.';
    (await client.post(`/v1/memberships/${id}/report`, { comment })).expect(204);
    const mail = await server.mailbox.take({ subject: /signalé/ });
    assert.ok(mail.text.includes(comment));
    const { items } = (await support.get('/v1/memberships?reported=true')).expect(200).body;
    const found = items.find((item) => item.id === id);
    assert.equal(found.evidence.reports[0].comment, comment);
    (await resolve(id, { outcome: 'refuse', reason: 'Inconnu des membres.' })).expect(200);
    assert.equal((await memberships(intruder.client))[0].state, 'refused');
    const [{ id: own }] = await memberships(client);
    (await client.post(`/v1/memberships/${own}/report`, {})).expect(409);
  });

  test('join_another_organisation_switch_and_leave', async () => {
    const { client } = await logInAs(server, { siret: SIRETS.DINUM, domain: 'dinum.example' });
    const other = SIRETS.PARIS;
    const joined = (await client.post(`/v1/organisations/${other}/members`)).expect(201);
    assert.equal(joined.body.state, 'active');
    (await client.post(`/v1/organisations/${other}/members`)).expect(409);
    const { etag } = (await client.get('/v1/account')).expect(200);
    const patched = await client.patch('/v1/account', { current_siret: other }, { etag });
    assert.equal(patched.expect(200).body.current_siret, other);
    const { items } = (await client.get('/v1/organisations')).expect(200).body;
    assert.deepEqual(items.map(({ siret }) => siret).sort(), [SIRETS.DINUM, other].sort());
    (await client.delete(`/v1/memberships/${joined.body.id}`)).expect(204);
    assert.equal((await client.get('/v1/session')).body.account.current_siret, SIRETS.DINUM);
    (await client.delete(`/v1/memberships/${joined.body.id}`)).expect(404);
    (await client.post(`/v1/organisations/${other}/members`)).expect(201);
  });

  test('join_only_organisations_of_the_directory', async () => {
    const { client } = await logInAs(server);
    const unknown = await client.post(`/v1/organisations/${unknownSiret(7)}/members`);
    assert.deepEqual(unknown.expect(422).codes, { siret: 'not_found' });
    (await client.post('/v1/organisations/12345678901234/members')).expect(422);
  });

  test('unsubscribe_from_mails_about_new_members_by_one_click', async () => {
    const siret = SIRETS.VEXIN;
    const member = await createAccount(server, { siret, domain: 'parc.example' });
    await signUp(server, { siret, domain: 'parc.example' });
    const mail = await server.mailbox.take({ to: member.email, subject: /rejoint/ });
    const [, link] = /List-Unsubscribe: <([^>]+)>/.exec(mail.raw.replace(/\r?\n\s+/g, ' '));
    const click = (form) => server.client().post(new URL(link).pathname, form);
    const form = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
    const parts = new FormData();
    parts.set('List-Unsubscribe', 'One-Click');
    const client = server.client();
    await client.logIn(member.email, PASSWORD);
    const wanted = async () => (await client.get('/v1/account')).body.notifications.new_member;
    const other = new URLSearchParams({ 'List-Unsubscribe': 'Twice' });
    assert.deepEqual((await click(other)).expect(422).pointers, ['/List-Unsubscribe']);
    const opened = (await server.client().get(new URL(link).pathname)).expect(302);
    assert.equal(opened.headers.location, '/compte#notifications');
    assert.equal(await wanted(), true);
    for (const body of [parts, parts, form]) {
      (await click(body)).expect(200);
      assert.equal(await wanted(), false, 'as either kind of form, as often as one likes');
    }
    (await client.post('/v1/unsubscriptions/nonsense', form)).expect(404);
  });
});

describe('the directory', () => {
  const get = (path) => server.client().get(`/v1/directory/establishments${path}`);

  test('is_searched_by_name_commune_siren_and_siret_without_accents', async () => {
    for (const q of ['clamart', 'CLÀMART', '219200235', '219 200 235 00014', '2192002350001']) {
      const { items } = (await get(`?q=${encodeURIComponent(q)}`)).expect(200).body;
      assert.ok(
        items.some(({ siret }) => siret === SIRETS.CLAMART),
        q,
      );
    }
    for (const q of ['', 'ab', 'x'.repeat(256)]) {
      assert.ok('q' in (await get(`?q=${q}`)).expect(422).codes);
    }
  });

  test('is_searched_by_common_names_of_organisations', async () => {
    for (const [q, siret] of [
      ['mairie de Clamart', SIRETS.CLAMART],
      ['Commune d’Annecy', SIRETS.ANNECY],
      ['ville de Paris', SIRETS.PARIS],
      ['la mairie de la ville de Lyon', SIRETS.LYON],
      ['syndicat mixte des déchets du secteur Sud', '25320098400016'],
      ['mairie DINUM', undefined],
    ]) {
      const path = `?q=${encodeURIComponent(q)}`;
      const { items } = (await get(path)).expect(200).body;
      assert.equal(items[0]?.siret, siret, q);
    }
  });

  test('is_paginated', async () => {
    const seen = [];
    let cursor = null;
    do {
      const path = `?q=paris&limit=2${cursor ? `&cursor=${cursor}` : ''}`;
      const { body } = (await get(path)).expect(200);
      seen.push(...body.items.map(({ siret }) => siret));
      cursor = body.next_cursor;
    } while (cursor);
    const all = (await get('?q=paris&limit=100')).body.items.map(({ siret }) => siret);
    assert.deepEqual(seen, all);
  });

  test('shows_open_or_closed_eligibility_and_reason', async () => {
    const { body } = (await get(`/${SIRETS.CLAMART}`)).expect(200);
    assert.deepEqual(
      [body.open, body.eligible, body.eligibility_ground],
      [true, true, 'administration'],
    );
    assert.equal((await get('/21920023500022')).expect(200).body.open, false);
    (await get(`/${unknownSiret(3)}`)).expect(404);
    assert.deepEqual((await get('/123')).expect(422).codes, { siret: 'invalid_format' });
  });

  test('predicts_the_case_of_a_domain', async () => {
    const likely = async (siret, domain) =>
      (await get(`/${siret}/likely-case?domain=${encodeURIComponent(domain)}`)).expect(200).body
        .likely_case;
    await createAccount(server, { siret: '21920023500014', domain: 'clamart.example' });
    assert.equal(await likely(SIRETS.CLAMART, 'Clamart.example'), 'same_domain');
    assert.equal(await likely(SIRETS.CLAMART, 'ailleurs.example'), 'other_domain');
    assert.equal(await likely('13000918600011', 'dila.example'), 'first');
    (await get(`/${SIRETS.CLAMART}/likely-case`)).expect(422);
    (await get(`/${SIRETS.CLAMART}/likely-case?domain=a@b`)).expect(422);
  });
});
