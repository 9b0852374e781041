// What a request of DataPass comes with when it is taken over: documents, tokens of the former dashboard, people who are known
// here already.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { demande, formData, Import, newId, plant, revokedDemande } from '../support/datapass.mjs';
import { decide } from '../support/requests.mjs';
import { SIGNATURE, startScanner } from '../support/scanner.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const SIRET = SIRETS.RENNES;
const CALL = `/gateway/api-entreprise/v3/dgfip/etablissements/13002526500013/chiffres_affaires?${ASKED}`;
const CLOSED = '21920023500022';
const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
);
const FILE_BYTES_MAX = 10 * 1024 * 1024;

/** Within the life of a token. */
const ENDS_AT = `${new Date(Date.now() + 500 * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;

let scanner;
let server;
let instructor;
let datapass;
before(async () => {
  scanner = await startScanner();
  server = await startServer({ env: scanner.env });
  instructor = await logInAs(server, { siret: SIRETS.DINUM, role: 'instructor:api-entreprise' });
  datapass = new Import(server, instructor);
});
after(async () => {
  await server?.stop();
  await scanner?.stop();
});

const run = (rows, ...options) => datapass.run(rows, ...options);
const take = (rows, ...options) => datapass.take(rows, ...options);
const find = (number, client) => datapass.find(number, client);
const comeAs = (email) => datapass.comeAs(email);
const count = () => datapass.count();

// --- files --------------------------------------------------------------------------------------

test('documents_are_taken_over_as_uploads_are', async () => {
  const id = newId();
  const folder = join(server.dataDir, randomUUID());
  await plant(folder, id, {
    'cadre_juridique_document/délibération 12.pdf': PDF,
    'maquette_projet/écran': PDF,
    'maquette_projet/.cache': 'x',
  });
  await take([demande(id, SIRET)], `--files=${folder}`);
  const request = await find(id);
  assert.deepEqual(
    request.attachments.map((a) => [a.kind, a.file_name, a.content_type, a.scan]).toSorted(),
    [
      ['legal_basis', 'délibération 12.pdf', 'application/pdf', 'clean'],
      ['mockup', 'écran.pdf', 'application/pdf', 'clean'],
    ],
  );
  const [{ id: file }] = request.attachments;
  const path = `/v1/habilitations/${request.habilitation_id}/attachments/${file}`;
  const got = await instructor.client.get(path);
  got.expect(200);
  await plant(folder, id, { 'maquette_projet/autre.pdf': PDF });
  const again = await run([demande(id, SIRET)], `--files=${folder}`);
  assert.equal(again.code, 1);
  assert.match(again.stdout, /1 changed since/);
});

test('a_document_that_no_upload_may_be_keeps_its_row_out', async () => {
  const folder = join(server.dataDir, randomUUID());
  const large = Buffer.concat([PDF, Buffer.alloc(FILE_BYTES_MAX - PDF.length)]);
  const cases = [
    [{ 'cadre_juridique_document/a.pdf': SIGNATURE }, /files\/cadre_juridique_document\/a\.pdf: /],
    [{ 'cadre_juridique_document/a.pdf': Buffer.concat([PDF, SIGNATURE]) }, /a\.pdf: L’antivirus/],
    [{ 'cadre_juridique_document/a.exe': 'MZ\0\0' }, /a\.exe: Joignez un PDF/],
    [{ 'cadre_juridique_document/vide.pdf': '' }, /vide\.pdf: Ce fichier est vide/],
    [
      { 'cadre_juridique_document/a.pdf': Buffer.concat([large, Buffer.from('x')]) },
      /10 Mo au plus/,
    ],
    [{ 'autre_document/a.pdf': PDF }, /files\/autre_document: .*datapass\.json/],
    [
      Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`maquette_projet/${i}.pdf`, PDF])),
      /files\/maquette_projet: Une demande a 10 fichiers au plus/,
    ],
  ];
  const good = newId();
  const rows = [];
  for (const [files] of cases) {
    const id = newId();
    await plant(folder, id, files);
    rows.push(demande(id, SIRET));
  }
  await plant(folder, good, {
    'cadre_juridique_document/grand.pdf': large,
    ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`maquette_projet/${i}.pdf`, PDF])),
  });
  rows.push(demande(good, SIRET));
  const before = Number((await server.database.sql('select count(*) from attachment'))[0]);
  const { code, stdout } = await datapass.runLines(rows, `--files=${folder}`);
  assert.equal(code, 1);
  cases.forEach(([, message], i) => {
    const own = stdout.split('\n').filter((line) => line.startsWith(`row ${i + 1}, `));
    assert.match(own.join('\n'), message);
  });
  assert.match(stdout, /^1 requests taken over, .* 7 rows refused/m);
  const request = await find(good);
  assert.equal(request.attachments.length, 10);
  assert.ok(request.attachments.some((file) => file.size_bytes === FILE_BYTES_MAX));
  const [now] = await server.database.sql('select count(*) from attachment');
  assert.equal(Number(now), before + 10);
  const none = await run([], '--files=/nowhere');
  assert.equal(none.code, 1);
  assert.match(none.stderr, /--files: this folder cannot be read/);
});

test('files_that_come_after_the_first_run_are_told_and_not_added', async () => {
  const folder = join(server.dataDir, randomUUID());
  const id = newId();
  await take([demande(id, SIRET)]);
  await plant(folder, id, { 'cadre_juridique_document/a.pdf': PDF });
  const { code, stdout } = await run([demande(id, SIRET)], `--files=${folder}`);
  assert.equal(code, 1);
  assert.match(stdout, /^row 1, files: Les fichiers sont repris avec la demande/m);
  assert.deepEqual((await find(id)).attachments, []);
});

test('no_link_below_the_folder_is_followed', async () => {
  const folder = join(server.dataDir, randomUUID());
  const elsewhere = join(server.dataDir, randomUUID());
  const [ofFile, ofDocument, ofRequest] = [newId(), newId(), newId()];
  const document = 'cadre_juridique_document';
  await plant(elsewhere, 'own', { [`${document}/a.pdf`]: PDF });
  await mkdir(join(folder, String(ofFile), document), { recursive: true });
  await mkdir(join(folder, String(ofDocument)));
  const own = join(elsewhere, 'own');
  await symlink(join(own, document, 'a.pdf'), join(folder, String(ofFile), document, 'b.pdf'));
  await symlink(join(own, document), join(folder, String(ofDocument), document));
  await symlink(own, join(folder, String(ofRequest)));
  const rows = [ofFile, ofDocument, ofRequest].map((id) => demande(id, SIRET));
  const { code, stdout } = await datapass.runLines(rows, `--files=${folder}`);
  assert.equal(code, 1);
  const told = stdout.split('\n').filter((line) => line.includes('C’est un lien'));
  assert.deepEqual(
    told.map((line) => line.replace(/: C’est.*$/, '')),
    [`row 1, files/${document}/b.pdf`, `row 2, files/${document}`, 'row 3, files'],
  );
  assert.ok(!stdout.includes('a.pdf'), stdout);
  assert.match(stdout, /^0 requests taken over, .* 3 rows refused/m);
});

// --- tokens of a former system ------------------------------------------------------------------

const UNTIL = new Date(Date.now() + 90 * 86_400_000).toISOString();
const SECRET = 'a-secret-of-the-former-system-of-64-bytes-0123456789abcdefghijkl';

async function importTokens(lines, ...options) {
  const secret = join(server.dataDir, randomUUID());
  const path = join(server.dataDir, `${randomUUID()}.csv`);
  await writeFile(secret, SECRET);
  await writeFile(path, `token_id,product,request_number,expires_at\n${lines.join('\n')}\n`);
  const args = ['--system=API Entreprise', `--secret-file=${secret}`, `--until=${UNTIL}`];
  return runProgram(['import-tokens', ...args, ...options, path], { env: server.env });
}

function formerString(id) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'HS256' })}.${encode({ jti: id })}`;
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}

test('a_token_of_the_former_dashboard_joins_the_request_that_was_taken_over', async () => {
  const [joined, other, ended] = [newId(), newId(), newId()];
  const rows = [
    demande(joined, SIRET),
    demande(other, SIRET),
    revokedDemande(ended, SIRET, 'Fin.'),
  ];
  const stdout = await take(rows, '--no-tokens');
  assert.match(stdout, /0 tokens created/);
  assert.equal((await find(joined)).token_id, null);
  const id = randomUUID();
  const line = (number, token = id) => `${token},api-entreprise,${number},${ENDS_AT}`;
  const dry = await importTokens([line(joined)], '--dry-run');
  assert.match(dry.stdout, /nothing was changed: 1 tokens changed.*\n1 of them created/);
  assert.equal((await find(joined)).token_id, null);
  const done = await importTokens([line(`D${joined}`)]);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.match(done.stdout, /^1 tokens changed, 0 already so, 0 rows refused\n1 of them created/m);
  const request = await find(joined);
  assert.equal(request.token_id, id);
  const client = await comeAs(`demandeur-${joined}@mairie.example`);
  const { body: token } = (await client.get(`/v1/tokens/${id}`)).expect(200);
  assert.equal(token.expires_at, new Date(ENDS_AT).toISOString());
  assert.deepEqual(token.scopes.toSorted(), request.scopes.toSorted());
  await waitFor('the former string', async () => {
    const { status } = await server.client().get(CALL, { bearer: formerString(id) });
    return status === 200;
  });
  const again = await importTokens([line(joined)]);
  assert.match(again.stdout, /^0 tokens changed, 1 already so, 0 rows refused$/m);
  // Those that are still missing are made by another run.
  const rest = await run(rows);
  assert.match(rest.stdout, /^0 requests taken over, 3 already there.*1 tokens created$/m);
  assert.equal((await find(joined)).token_id, id);
  assert.notEqual((await find(other)).token_id, null);
  assert.equal((await find(ended)).token_id, null);
  const wrong = await importTokens([
    line(other, randomUUID()),
    line(ended, randomUUID()),
    line(99_999_999, randomUUID()),
    `${randomUUID()},rien,${joined},${ENDS_AT}`,
  ]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stdout, /line 2, request_number: Cette demande a un autre jeton/);
  assert.match(
    wrong.stdout,
    /line 3, request_number: L’habilitation de cette demande ne vaut plus/,
  );
  assert.match(wrong.stdout, /line 4, request_number: Aucune demande/);
  assert.match(wrong.stdout, /line 5, request_number: Aucune demande/);
  const foreign = await importTokens([line(other)]);
  assert.match(foreign.stdout, /line 2, request_number: /);
});

test('a_dry_run_refuses_what_the_run_refuses_of_one_file', async () => {
  const [one, two] = [newId(), newId()];
  await take([demande(one, SIRET), demande(two, SIRET)], '--no-tokens');
  const [id, other] = [randomUUID(), randomUUID()];
  const lines = [
    `${id},api-entreprise,${one},${ENDS_AT}`,
    `${other},api-entreprise,D${one},${ENDS_AT}`,
    `${id.toUpperCase()},api-entreprise,${two},${ENDS_AT}`,
  ];
  const dry = await importTokens(lines, '--dry-run');
  const done = await importTokens(lines);
  assert.deepEqual([dry.code, done.code], [1, 1]);
  assert.equal(dry.stdout.replace('dry run, nothing was changed: ', ''), done.stdout);
  assert.match(done.stdout, /^line 3, request_number: La ligne 2 a la même valeur/m);
  assert.match(done.stdout, /^line 4, token_id: La ligne 2 a la même valeur/m);
  assert.match(done.stdout, /^1 tokens changed, 0 already so, 2 rows refused\n1 of them created/m);
  assert.equal((await find(one)).token_id, id);
  assert.equal((await find(two)).token_id, null);
});

test('the_expiry_of_a_token_that_is_made_is_to_come', async () => {
  const id = newId();
  await take([demande(id, SIRET)], '--no-tokens');
  for (const moment of ['', '2001-01-01T00:00:00Z', 'demain']) {
    const { code, stdout } = await importTokens([`${randomUUID()},api-entreprise,${id},${moment}`]);
    assert.equal(code, 1);
    assert.match(stdout, /line 2, expires_at: /);
  }
  assert.equal((await find(id)).token_id, null);
});

// --- people and organisations -------------------------------------------------------------------

test('an_organisation_that_is_closed_keeps_its_habilitation_and_asks_for_nothing_more', async () => {
  const id = newId();
  const stdout = await take([demande(id, CLOSED)]);
  assert.match(stdout, /row 1, organisation\/siret: Cet établissement est fermé/);
  const request = await find(id);
  assert.deepEqual([request.state, request.organisation.open], ['approved', false]);
  const client = await comeAs(`demandeur-${id}@mairie.example`);
  const body = { product: 'api-entreprise', use_case: 'marches-publics', siret: CLOSED };
  const refused = await client.post('/v1/requests', body);
  assert.ok(refused.status >= 400 && refused.status < 500, String(refused.status));
});

test('an_applicant_who_may_not_act_here_is_told_and_gets_no_power', async () => {
  const suspended = await logInAs(server, { siret: SIRET });
  await server.command(['suspend-account', suspended.email, '--reason=Absence.']);
  const [refused, left] = await Promise.all([
    logInAs(server, { siret: SIRET }),
    logInAs(server, { siret: SIRET }),
  ]);
  for (const [person, state] of [
    [refused, 'refused'],
    [left, 'left'],
  ]) {
    await server.database.sql(
      `update membership set state = '${state}', reason = 'x' where siret = '${SIRET}'
         and account_id = (select id from account where email = '${person.email}')`,
    );
  }
  const people = [suspended, refused, left];
  const ids = people.map(newId);
  const rows = people.map(({ email }, i) =>
    demande(ids[i], SIRET, { applicant: { id: 1, email, given_name: 'A', family_name: 'B' } }),
  );
  const stdout = await take(rows);
  assert.equal(stdout.match(/applicant\/email: Cette personne n’agit pas/g).length, 3);
  for (const [i, person] of people.entries()) {
    const request = await find(ids[i]);
    assert.deepEqual([request.state, request.applicant_valid], ['approved', false]);
    const seen = await person.client.get(`/v1/tokens/${request.token_id}`);
    assert.ok([401, 403, 404].includes(seen.status), String(seen.status));
  }
});

test('whom_support_kept_out_of_the_organisation_does_not_come_back_by_the_import', async () => {
  const person = await logInAs(server, { siret: SIRETS.ANNECY });
  await server.database.sql(
    `update membership set state = 'refused', reason = 'Inconnue.' where siret = '${SIRETS.ANNECY}'
       and account_id = (select id from account where email = '${person.email}')`,
  );
  (await person.client.delete('/v1/account')).expect(204);
  await mailsDone(server);
  const applicant = { id: 1, email: person.email, given_name: 'A', family_name: 'B' };
  const rows = [demande(newId(), SIRETS.ANNECY, { applicant })];
  const before = await count();
  const { code, stdout } = await run(rows);
  assert.equal(code, 1);
  assert.match(stdout, /row 1, applicant\/email: Le support a écarté cette adresse/);
  assert.deepEqual(await count(), before);
});

test('an_instructor_who_is_named_in_it_has_a_conflict_of_interest', async () => {
  const named = await logInAs(server, { siret: SIRETS.DINUM, role: 'instructor:api-entreprise' });
  const id = newId();
  await take([demande(id, SIRET, { data: formData({ contact_metier_email: named.email }) })]);
  const request = await find(id, named.client);
  assert.equal(request.conflict, 'contact');
  (await decide(named.client, request.id, 'revoke', { reason: 'Fin.' })).expect(403);
  (await decide(instructor.client, request.id, 'revoke', { reason: 'Fin.' })).expect(201);
});

test('a_technical_contact_who_has_an_account_reveals_the_token', async () => {
  const technical = await logInAs(server, { siret: SIRETS.LYON });
  const id = newId();
  await take([
    demande(id, SIRET, { data: formData({ contact_technique_email: technical.email }) }),
  ]);
  const { id: request, token_id: token } = await find(id);
  const { body } = (await technical.client.get(`/v1/requests/${request}`)).expect(200);
  assert.equal(body.view, 'summary');
  (await technical.client.post(`/v1/tokens/${token}/reveal`)).expect(200);
  const business = await logInAs(server, { siret: SIRETS.LYON });
  const other = newId();
  await take([demande(other, SIRET, { data: formData({ contact_metier_email: business.email }) })]);
  const { token_id: seen } = await find(other);
  (await business.client.get(`/v1/tokens/${seen}`)).expect(200);
  (await business.client.post(`/v1/tokens/${seen}/reveal`)).expect(403);
});
