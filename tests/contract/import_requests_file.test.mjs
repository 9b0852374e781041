// The file that `guichet import-requests` reads: what does not fit, what is told of it, a second run, a dry run, two runs at
// once, and where its bounds are.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { logInAs, randomWord } from '../support/accounts.mjs';
import { demande, formData, Import, newId, plant, revokedDemande } from '../support/datapass.mjs';
import { freePort } from '../support/ports.mjs';
import { plantProducts } from '../support/products.mjs';
import { cleanEnvironment, PROGRAM, runProgram, startServer } from '../support/server.mjs';
import { SIRETS, unknownSiret } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

const SIRET = SIRETS.RENNES;
const ITEM_BYTES_MAX = 1024 * 1024;
const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
);

let server;
let instructor;
let datapass;
before(async () => {
  server = await startServer();
  instructor = await logInAs(server, { siret: SIRETS.DINUM, role: 'instructor:api-entreprise' });
  datapass = new Import(server, instructor);
});
after(() => server.stop());

const run = (rows, ...options) => datapass.run(rows, ...options);
const take = (rows, ...options) => datapass.take(rows, ...options);
const find = (number, client) => datapass.find(number, client);
const count = () => datapass.count();

// --- what does not fit --------------------------------------------------------------------------

test('values_that_do_not_fit_are_left_out_and_kept_in_the_history', async () => {
  const id = newId();
  const data = formData({
    volumetrie_approximative: 'environ mille',
    date_prevue_mise_en_production: 'T3 2025',
    contact_metier_phone_number: 'standard',
    champ_inconnu: 'x',
    scopes: JSON.stringify([
      ...formData().scopes,
      'open_data_brevets_marques_modeles_deposes_inpi',
    ]),
  });
  const stdout = await take([demande(id, SIRET, { data })]);
  for (const name of [
    'data/volumetrie_approximative',
    'data/date_prevue_mise_en_production',
    'data/contact_metier_phone_number',
    'data/champ_inconnu',
    'data/scopes',
  ]) {
    assert.match(stdout, new RegExp(`^row 1, ${name}: `, 'm'));
  }
  const request = await find(id);
  assert.deepEqual(
    [request.expected_volume, request.production_date, request.contacts.business.phone],
    [null, null, null],
  );
  assert.ok(request.scopes.includes('associations_djepva'));
  const { body } = (await instructor.client.get(`/v1/requests/${request.id}/events`)).expect(200);
  assert.deepEqual(body.items[0].changes.map((c) => [c.pointer, c.former, c.new]).toSorted(), [
    ['/contacts/business/phone', 'standard', null],
    ['/expected_volume', 'environ mille', null],
    ['/production_date', 'T3 2025', null],
  ]);
});

test('a_row_that_is_wrong_is_told_by_line_and_field_and_the_others_go_on', async () => {
  const good = newId();
  const bad = demande(newId(), '12345678901234', {
    data: formData({
      contact_technique_email: 'pas une adresse',
      scopes: ['inventee'],
      intitule: 'x'.repeat(256),
      responsable_traitement_type: 'robot',
    }),
    applicant: { id: 1, email: 'sans-arobase', given_name: 'A', family_name: 'B' },
    created_at: 'hier',
    last_submitted_at: '2999-01-01T00:00:00Z',
  });
  const others = [
    demande(newId(), SIRET, { definition_id: 'api_particulier' }),
    demande(newId(), SIRET, { state: 'valide' }),
    demande(newId(), SIRET, { habilitation: { form_uid: 'api-entreprise-inconnu' } }),
    demande(newId(), SIRET, { applicant: { id: 1, email: `${randomWord()}@mairie.example` } }),
    demande(newId(), unknownSiret(3)),
    demande(newId(), SIRET, { habilitation: { created_at: '2999-01-01T00:00:00Z' } }),
    demande(newId(), SIRET, { habilitations: [], last_validated_at: null }),
    { slug: 'une-habilitation', state: 'active' },
    'pas un objet',
    demande(newId(), SIRET, {
      data: formData({
        volumetrie_approximative: 'x'.repeat(1001),
        date_prevue_mise_en_production: { annee: 2025 },
      }),
      applicant: { id: 1, email: 'a@mairie.example', given_name: 'x'.repeat(256), family_name: 7 },
    }),
  ];
  const rows = [bad, ...others].map((row) => JSON.stringify(row));
  const text = [...rows, '{"id": 1, ', JSON.stringify(demande(good, SIRET))].join('\n');
  const { code, stdout } = await run(text);
  assert.equal(code, 1);
  for (const mistake of [
    'row 1, organisation/siret',
    'row 1, data/contact_technique_email',
    'row 1, data/scopes: Ce produit n’a pas de donnée « inventee »',
    'row 1, data/intitule',
    'row 1, data/responsable_traitement_type',
    'row 1, applicant/email',
    'row 1, created_at',
    'row 1, last_submitted_at',
    'row 2, definition_id',
    'row 3, state',
    'row 4, form_uid: Aucun cas d’usage ne correspond à « api-entreprise-inconnu »',
    'row 5, applicant/given_name',
    'row 6, organisation/siret: Aucun établissement',
    'row 7, habilitations/created_at',
    'row 8, last_validated_at',
    'row 9, id',
    'row 10: Un objet',
    'row 11, applicant/given_name',
    'row 11, applicant/family_name',
    'row 11, data/volumetrie_approximative',
    'row 11, data/date_prevue_mise_en_production',
    'row 12: ',
  ]) {
    assert.ok(stdout.includes(`${mistake}`), `${mistake} in\n${stdout}`);
  }
  assert.match(stdout, /^1 requests taken over, .* 12 rows refused/m);
  assert.equal((await find(good)).state, 'approved');
});

test('what_the_mapping_lacks_is_told_before_any_row_is_read', async () => {
  const cases = [
    [() => null, /this product has no datapass\.json/],
    [(d) => ({ ...d, fields: { ...d.fields, intitule: '/titre' } }), /fields\/intitule/],
    [(d) => ({ ...d, use_cases: { x: 'rien' } }), /use_cases\/x/],
    [(d) => ({ ...d, scopes: { x: 'rien' } }), /scopes\/x/],
    [(d) => ({ ...d, system: undefined }), /#\/system/],
  ];
  const path = await datapass.write(JSON.stringify([demande(newId(), SIRET)]));
  for (const [change, message] of cases) {
    const planted = await plantProducts({});
    const file = join(planted.env.GUICHET_PRODUCTS_DIR, 'api-entreprise/datapass.json');
    const changed = change(JSON.parse(await readFile(file, 'utf8')));
    await (changed ? writeFile(file, JSON.stringify(changed)) : rm(file));
    const { code, stderr } = await runProgram(
      ['import-requests', '--product=api-entreprise', path],
      { env: { ...server.env, ...planted.env } },
    );
    await planted.remove();
    assert.equal(code, 1);
    assert.match(stderr, message);
  }
  const unknown = await runProgram(['import-requests', '--product=rien', path], {
    env: server.env,
  });
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /--product: no product has this id/);
  assert.equal((await runProgram(['import-requests', path], { env: server.env })).code, 2);
});

test('a_directory_that_does_not_answer_keeps_new_rows_out_until_it_does', async () => {
  const port = await freePort();
  const env = {
    ...server.env,
    GUICHET_DIRECTORY: 'insee',
    GUICHET_DIRECTORY_URL: `http://127.0.0.1:${port}`,
    GUICHET_DIRECTORY_KEY: 'key',
  };
  const id = newId();
  const path = await datapass.write(JSON.stringify([demande(id, SIRETS.LILLE)]));
  const args = ['import-requests', '--product=api-entreprise', path];
  const { code, stdout } = await runProgram(args, { env });
  assert.equal(code, 1);
  assert.match(stdout, /organisation\/siret: Le répertoire ne répond pas/);
  const again = await runProgram(args, { env: server.env });
  assert.equal(again.code, 0, again.stdout);
  assert.equal((await find(id)).organisation.siret, SIRETS.LILLE);
});

// --- again, and otherwise -----------------------------------------------------------------------

test('a_second_run_of_the_same_file_changes_nothing', async () => {
  const rows = [demande(newId(), SIRET), revokedDemande(newId(), SIRET, 'Fin.')];
  await take(rows);
  const before = await count();
  const { code, stdout } = await run(rows);
  assert.equal(code, 0, stdout);
  assert.match(
    stdout,
    /^0 requests taken over, 2 already there, 0 changed since, 0 not taken over, 0 rows refused; 0 accounts created, 0 tokens created$/m,
  );
  assert.deepEqual(await count(), before);
});

test('a_changed_file_is_told_row_by_row_and_changes_nothing', async () => {
  const ids = [newId(), newId(), newId(), newId()];
  await take(ids.map((id) => demande(id, SIRET)));
  const before = await count();
  const changed = [
    demande(ids[0], SIRET, {
      data: formData({ intitule: 'Autre', volumetrie_approximative: '3' }),
    }),
    revokedDemande(ids[1], SIRET, 'Fin.'),
    demande(ids[2], SIRETS.LYON, { created_at: '2021-01-10T09:00:00.000+01:00' }),
    demande(ids[3], SIRET, { created_at: '2021-01-10T09:00:00.000+01:00' }),
  ];
  const { code, stdout } = await datapass.runLines(changed);
  assert.equal(code, 1);
  for (const told of [
    'row 1, /title: ',
    'row 1, /expected_volume: ',
    'row 2, state: Cette habilitation a été révoquée',
    'row 3, organisation/siret: ',
    'row 4, dates, demandeur, fichiers ou motif: ',
  ]) {
    assert.ok(stdout.includes(told), `${told} in\n${stdout}`);
  }
  assert.match(stdout, /^0 requests taken over, 0 already there, 4 changed since/m);
  assert.deepEqual(await count(), before);
});

test('two_rows_with_one_number_are_told', async () => {
  const id = newId();
  const rows = [demande(id, SIRET), demande(id, SIRET, { id: `D${id}` })];
  for (const options of [['--dry-run'], []]) {
    const { code, stdout } = await datapass.runLines(rows, ...options);
    assert.equal(code, 1);
    assert.match(stdout, /^row 2: row 1 has the same number \(id\)/m);
    assert.match(stdout, /1 requests taken over, .* 1 rows refused/);
  }
});

test('a_dry_run_writes_nothing_and_gives_the_same_report', async () => {
  const email = `${randomWord()}@mairie.example`;
  const applicant = { id: 1, email, given_name: 'A', family_name: 'B' };
  const rows = [
    demande(newId(), SIRETS.NANTES, { applicant }),
    demande(newId(), SIRETS.NANTES, {
      applicant,
      data: formData({ volumetrie_approximative: 'x' }),
    }),
    revokedDemande(newId(), SIRET, 'Fin.'),
    demande(newId(), SIRET, { state: 'draft', habilitations: [] }),
    demande(newId(), '1'),
  ];
  const files = join(server.dataDir, randomUUID());
  await plant(files, rows[0].id, { 'cadre_juridique_document/acte.pdf': PDF });
  const [first, second] = [1, 2].map(() => join(server.dataDir, `${randomUUID()}.csv`));
  const before = await count();
  const dry = await run(rows, '--dry-run', `--files=${files}`, `--report=${first}`);
  assert.equal(dry.code, 1);
  assert.deepEqual(await count(), before);
  const real = await run(rows, `--files=${files}`, `--report=${second}`);
  assert.equal(
    dry.stdout,
    real.stdout.replace(/^(3 requests)/m, 'dry run, nothing was changed: $1'),
  );
  const report = await readFile(first, 'utf8');
  assert.equal(report, await readFile(second, 'utf8'));
  const lines = report.split('\r\n');
  assert.equal(lines[0], 'row,line,number,outcome,field,message');
  assert.equal(lines[1], `1,1,${rows[0].id},taken_over,"",""`);
  assert.match(
    lines[2],
    new RegExp(`^2,1,${rows[1].id},taken_over,"data/volumetrie_approximative","`),
  );
  assert.match(report, new RegExp(`,${rows[3].id},not_taken_over,"state",`));
  assert.match(report, new RegExp(`,${rows[4].id},refused,"organisation/siret",`));
  assert.equal((await stat(first)).mode & 0o077, 0);
  assert.match(real.stdout, /; 2 accounts created, 2 tokens created/);
});

test('no_cell_of_the_report_is_a_formula', async () => {
  const report = join(server.dataDir, `${randomUUID()}.csv`);
  const form = ';=cmd|"x"!A1';
  const { code } = await run(
    [demande(newId(), SIRET, { habilitation: { form_uid: form } })],
    `--report=${report}`,
  );
  assert.equal(code, 1);
  const text = await readFile(report, 'utf8');
  assert.ok(text.includes(`;'=cmd|""x""!A1`), text);
  const nowhere = await run([], '--report=/nowhere/report.csv');
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /--report: this file cannot be written/);
});

test('of_two_imports_at_once_each_row_is_taken_over_once', async () => {
  const rows = Array.from({ length: 60 }, () => demande(newId(), SIRET));
  const shared = {
    id: 1,
    email: `${randomWord()}@mairie.example`,
    given_name: 'A',
    family_name: 'B',
  };
  rows.forEach((row, i) => i % 3 === 0 && (row.applicant = shared));
  const runs = await Promise.all([run(rows), run(rows.toReversed()), run(rows)]);
  let taken = 0;
  for (const { code, stdout, stderr } of runs) {
    assert.equal(code, 0, stdout + stderr);
    const [, own, there] = stdout.match(/^(\d+) requests taken over, (\d+) already there/m);
    assert.equal(Number(own) + Number(there), rows.length, stdout);
    taken += Number(own);
  }
  assert.equal(taken, rows.length);
  const numbers = rows.map(({ id }) => `'${id}'`).join(',');
  const [requests] = await server.database.rows(
    `select count(distinct f.request_id)::int as requests, count(t.id)::int as tokens,
       (select count(*)::int from request r join account a on a.id = r.applicant_id where a.email = '${shared.email}') as own
     from former_request f join token t on t.request_id = f.request_id where f.number in (${numbers})`,
  );
  assert.deepEqual(requests, { requests: 60, tokens: 60, own: 20 });
});

test('an_import_that_was_killed_goes_on_where_it_ended', async () => {
  const rows = Array.from({ length: 400 }, () => demande(newId(), SIRET));
  const path = await datapass.write(JSON.stringify(rows));
  const args = ['import-requests', '--product=api-entreprise', path];
  const numbers = rows.map(({ id }) => `'${id}'`).join(',');
  const countTaken = async () =>
    Number(
      (
        await server.database.sql(
          `select count(*) from former_request where number in (${numbers})`,
        )
      )[0],
    );
  const child = spawn(PROGRAM, args, {
    env: { ...cleanEnvironment(), ...server.env },
    stdio: 'ignore',
  });
  await waitFor('some rows', async () => (await countTaken()) > 5, { everyMs: 1 });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const taken = await waitFor('the last row', async () => {
    const [former, now] = [await countTaken(), await countTaken()];
    return former === now && now;
  });
  assert.ok(taken < rows.length, 'it was killed in the middle');
  const { code, stdout } = await runProgram(args, { env: server.env });
  assert.equal(code, 0, stdout);
  assert.ok(
    stdout.includes(`${rows.length - taken} requests taken over, ${taken} already there`),
    stdout,
  );
  const [orphans] = await server.database.sql(
    `select (select count(*) from former_request f where not exists (select from request r where r.id = f.request_id))
          + (select count(*) from request r where r.last_event = 'import' and not exists (select from habilitation h where h.request_id = r.id))`,
  );
  assert.equal(orphans, '0');
});

// --- the file -----------------------------------------------------------------------------------

test('reads_arrays_one_behind_the_other_and_objects_line_by_line', async () => {
  const description = 'Il dit "oui", {"a": [}] \\" et \\\\ puis }';
  const data = formData({ description });
  const rows = Array.from({ length: 6 }, () => demande(newId(), SIRET, { data }));
  const pages = `\ufeff${JSON.stringify(rows.slice(0, 2), null, 2)}\n[]\n${JSON.stringify(rows.slice(2, 4))}\r\n`;
  const first = await run(pages);
  assert.equal(first.code, 0, first.stdout);
  assert.match(first.stdout, /^4 requests taken over/m);
  for (const { id } of rows.slice(0, 4)) assert.equal((await find(id)).description, description);
  const lines = rows
    .slice(4)
    .map((row) => JSON.stringify(row))
    .join('\r\n\r\n');
  const second = await run(`\ufeff${lines}`);
  assert.equal(second.code, 0, second.stdout);
  assert.match(second.stdout, /^2 requests taken over/m);
});

test('a_file_that_is_cut_or_no_list_is_told_and_what_stands_before_is_taken_over', async () => {
  const id = newId();
  const whole = JSON.stringify([demande(id, SIRET), demande(newId(), SIRET)]);
  const cut = await run(whole.slice(0, -20));
  assert.equal(cut.code, 1);
  assert.match(cut.stdout, /^row 2: the file is cut here/m);
  assert.match(cut.stdout, /^1 requests taken over, .* 1 rows refused/m);
  for (const text of ['[1]', '[{} {}]', '[{}}', '[', '[,{}]']) {
    const { code, stdout } = await run(text);
    assert.equal(code, 1);
    assert.match(stdout, /^row [12]: the file is cut here/m, text);
  }
  const missing = await runProgram(['import-requests', '--product=api-entreprise', '/nowhere'], {
    env: server.env,
  });
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /FILE cannot be read/);
});

test('a_file_without_a_request_is_a_mistake', async () => {
  for (const text of ['', '\n', '[]', '[ ]\n']) {
    const { code, stdout, stderr } = await run(text);
    assert.equal(code, 1, JSON.stringify(text));
    assert.match(stderr, /FILE: no request in this file/);
    assert.match(stdout, /^0 requests taken over/m);
  }
});

test('what_is_no_utf_8_or_holds_a_nul_keeps_its_row_out_alone', async () => {
  const good = newId();
  const latin1 = JSON.stringify(demande(newId(), SIRET)).replace('Candidatures', 'Candidat\u00e9');
  const text = Buffer.concat([
    Buffer.from(latin1, 'latin1'),
    Buffer.from('\n'),
    Buffer.from(JSON.stringify(demande(newId(), SIRET)).replace('Candidatures', 'C\0')),
    Buffer.from('\n'),
    Buffer.from(JSON.stringify(demande(newId(), SIRET)).replace('"state"', '"id":1,"state"')),
    Buffer.from(`\n${JSON.stringify(demande(good, SIRET))}\n`),
  ]);
  const { code, stdout } = await run(text);
  assert.equal(code, 1);
  for (const line of [1, 2, 3]) assert.match(stdout, new RegExp(`^row ${line}: `, 'm'));
  assert.match(stdout, /^1 requests taken over, .* 3 rows refused/m);
  assert.equal((await find(good)).state, 'approved');
});

test('a_number_beyond_64_bits_is_named_as_the_cause', async () => {
  const row = JSON.stringify(demande(newId(), SIRET)).replace(
    /"id":\d+/,
    '"id":99999999999999999999',
  );
  const { code, stdout } = await run(`[${row}]`);
  assert.equal(code, 1);
  assert.match(stdout, /^row 1: no valid JSON .*a number beyond 64 bits/m);
});

test('a_control_character_in_a_text_is_named_as_the_cause', async () => {
  for (const control of ['\u0007', '\u0085']) {
    const data = formData({ description: `a${control}b` });
    const { code, stdout } = await run([demande(newId(), SIRET, { data })]);
    assert.equal(code, 1);
    assert.match(stdout, /^row 1: no valid JSON .*a control character in a text/m);
  }
});

test('a_row_has_a_megabyte_at_most', async () => {
  const sized = (bytes) => {
    const row = demande(newId(), SIRET);
    row.padding = '';
    row.padding = 'x'.repeat(bytes - Buffer.byteLength(JSON.stringify(row)));
    return JSON.stringify(row);
  };
  for (const join of [(rows) => rows.join('\n'), (rows) => `[${rows.join(',')}]`]) {
    const rows = [sized(ITEM_BYTES_MAX), sized(ITEM_BYTES_MAX + 1), sized(ITEM_BYTES_MAX)];
    const { code, stdout } = await run(join(rows));
    assert.equal(code, 1);
    assert.match(stdout, /^row [12]: longer than 1 MiB/m);
    assert.match(stdout, /^2 requests taken over, .* 1 rows refused/m);
  }
});

test('a_file_has_a_hundred_thousand_rows_at_most', async () => {
  const drafts = (rows) =>
    Array.from(
      { length: rows },
      (_, i) => `{"id":${i + 1},"definition_id":"api_entreprise","state":"draft"}`,
    ).join('\n');
  const [whole, more] = await Promise.all([run(drafts(100_000)), run(drafts(100_001))]);
  assert.equal(whole.code, 0);
  assert.match(whole.stdout, /^0 requests taken over, .* 100000 not taken over, 0 rows refused/m);
  assert.equal(more.code, 1);
  assert.match(more.stdout, /^row 100001: a file has 100,000 rows at most/m);
  assert.match(more.stdout, / 100000 not taken over, 1 rows refused/);
});
