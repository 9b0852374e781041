// guichet import-directory with the stock files in all their wrappings, cut and taken up again.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { createDatabase } from '../support/database.mjs';
import { PROGRAM, cleanEnvironment, runProgram } from '../support/server.mjs';
import { waitFor } from '../support/wait.mjs';
import { zip } from '../support/zip.mjs';

let folder;
let database;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guichet-import-'));
  database = await createDatabase();
});
after(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const UNITS = [
  'statutDiffusionUniteLegale,siren,nomUniteLegale,nomUsageUniteLegale,prenom1UniteLegale,' +
    'prenomUsuelUniteLegale,denominationUniteLegale,categorieJuridiqueUniteLegale',
  'O,130025265,,,,,"DIRECTION INTERMINISTERIELLE, DU ""NUMERIQUE""",7120',
  'O,356000000,,,,,LA POSTE,5510',
  'O,732829320,MARTIN,,CAMILLE,ALIX,,1000',
  'P,157000019,[ND],[ND],[ND],[ND],[ND],7150',
];
const PLACES = [
  'siren,nic,siret,numeroVoieEtablissement,indiceRepetitionEtablissement,typeVoieEtablissement,' +
    'libelleVoieEtablissement,codePostalEtablissement,libelleCommuneEtablissement,' +
    'etatAdministratifEtablissement,enseigne1Etablissement,denominationUsuelleEtablissement',
  '130025265,00013,13002526500013,20,,AVENUE,DE SEGUR,75007,PARIS,A,,',
  '356000000,00048,35600000000048,9,BIS,RUE,DU COLONEL\\PIERRE AVIA,75015,PARIS,A,LA POSTE,',
  '356000000,49837,35600000049837,,,,,,,F,BUREAU DU LOUVRE,',
  '732829320,00074,73282932000074,[ND],[ND],[ND],[ND],[ND],LYON,A,,',
  '157000019,00461,15700001900461,,,,,,ISSY,A,,',
  '999999999,00001,99999999900001,,,,,,X,A,,SANS UNITE',
];

async function put(name, lines, pack = (text) => text) {
  const path = join(folder, name);
  await writeFile(path, pack(`${lines.join('\r\n')}\r\n`));
  return path;
}

const env = () => ({
  GUICHET_DATABASE_URL: database.url,
  GUICHET_DATABASE_OWNER_URL: database.ownerUrl,
});
/** With options before the paths. */
const run = (...paths) => runProgram(['import-directory', ...paths], { env: env() });

test('reads_both_files_by_column_in_each_archive_format', async () => {
  const units = await put('StockUniteLegale.zip', UNITS, (text) =>
    zip([{ name: 'a.csv', content: text }]),
  );
  const places = await put('StockEtablissement.csv.gz', PLACES, gzipSync);
  const { code, stdout, stderr } = await run('--allow-shrink', places, units); // than the sample
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^6 establishments/);
  assert.deepEqual(await database.rows('select * from directory_establishment order by siret'), [
    {
      siret: '13002526500013',
      name: 'DIRECTION INTERMINISTERIELLE, DU "NUMERIQUE"',
      legal_category: '7120',
      street: '20 AVENUE DE SEGUR',
      postal_code: '75007',
      city: 'PARIS',
      open: true,
    },
    {
      siret: '15700001900461',
      name: 'Nom non diffusé',
      legal_category: '7150',
      street: null,
      postal_code: null,
      city: 'ISSY',
      open: true,
    },
    {
      siret: '35600000000048',
      name: 'LA POSTE',
      legal_category: '5510',
      street: '9 BIS RUE DU COLONEL\\PIERRE AVIA',
      postal_code: '75015',
      city: 'PARIS',
      open: true,
    },
    {
      siret: '35600000049837',
      name: 'LA POSTE (BUREAU DU LOUVRE)',
      legal_category: '5510',
      street: null,
      postal_code: null,
      city: null,
      open: false,
    },
    {
      siret: '73282932000074',
      name: 'ALIX MARTIN',
      legal_category: '1000',
      street: null,
      postal_code: null,
      city: 'LYON',
      open: true,
    },
    {
      siret: '99999999900001',
      name: 'SANS UNITE',
      legal_category: null,
      street: null,
      postal_code: null,
      city: 'X',
      open: true,
    },
  ]);
  const [allowed] = await database.sql(
    "select has_table_privilege('guichet_app', 'directory_establishment', 'select')",
  );
  assert.equal(allowed, 't');
});

test('replaces_the_directory_with_a_newer_one', async () => {
  const units = await put('units.csv', UNITS);
  const places = await put('places.csv', PLACES.slice(0, 2));
  const { code } = await run('--allow-shrink', units, places);
  assert.equal(code, 0);
  assert.deepEqual(await database.sql('select siret from directory_establishment'), [
    '13002526500013',
  ]);
});

test('resumes_after_the_last_batch_when_interrupted', async () => {
  const units = await put('units.csv', UNITS);
  const many = [PLACES[0]];
  for (let i = 0; i < 60000; i++) many.push(`1,1,${String(10000000000000 + i)},,,,,,LYON,A,,`);
  const damaged = [...many];
  damaged[55000] = damaged[55000].replace(',1000', ',x000');
  const places = await put('places.csv', damaged);
  const { atime, mtime } = await stat(places);
  const first = await run(units, places);
  assert.equal(first.code, 1);
  assert.match(first.stderr, /places\.csv, row 55001: no SIREN or SIRET/);
  assert.deepEqual(await database.sql('select siret from directory_establishment'), [
    '13002526500013',
  ]);
  assert.deepEqual(await database.sql('select count(*) from directory_stock_establishment'), [
    '50000',
  ]);
  await put('places.csv', many);
  await utimes(places, atime, mtime); // the same file, as far as anybody can see
  const second = await run(units, places);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stderr, /places\.csv: goes on where it was cut/);
  assert.deepEqual(
    await database.sql('select count(*), count(distinct siret) from directory_establishment'),
    ['60000\t60000'],
  );
});

test('resumes_after_a_kill_without_lost_or_duplicate_rows', async () => {
  const count = 300_000;
  const units = await put('killed-units.csv', UNITS);
  const many = Array.from({ length: count }, (_, i) => `1,1,${20000000000000 + i},,,,,,LYON,A,,`);
  const places = await put('killed.csv.gz', [PLACES[0], ...many], gzipSync);
  const child = spawn(PROGRAM, ['import-directory', units, places], {
    env: { ...cleanEnvironment(), ...env() },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await waitFor('a first batch of this file', async () => {
    const [rows] = await database.sql(
      `select count(*) from directory_stock_establishment where siret >= '20000000000000'`,
    );
    return Number(rows) > 0;
  });
  child.kill('SIGKILL');
  assert.deepEqual(await ended, [null, 'SIGKILL']);
  const { code, stderr } = await run(units, places);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /killed\.csv\.gz: goes on where it was cut/);
  assert.deepEqual(
    await database.sql('select count(*), count(distinct siret) from directory_establishment'),
    [`${count}\t${count}`],
  );
});

test('shows_a_progress_bar_on_a_terminal', async () => {
  const units = await put('units.csv', UNITS);
  const places = await put('places.csv', PLACES);
  const command = [PROGRAM, 'import-directory --allow-shrink', units, places].join(' ');
  const { stdout } = await promisify(execFile)('script', ['-qec', command, '/dev/null'], {
    env: { ...cleanEnvironment(), ...env() },
  });
  assert.match(stdout, /\[#{30}\] 100 % {2}6 rows {2}\d+ rows\/s/);
});

test('starts_over_with_another_file', async () => {
  const units = await put('units.csv', UNITS);
  const damaged = await put('places.csv', [...PLACES, 'too,few,fields']);
  assert.equal((await run(units, damaged)).code, 1);
  const places = await put('places.csv', PLACES);
  assert.equal((await run(units, places)).code, 0);
  assert.deepEqual(await database.sql('select count(*) from directory_establishment'), ['6']);
});

test('says_what_is_wrong_with_a_file', async () => {
  const units = await put('units.csv', UNITS);
  const places = await put('places.csv', PLACES);
  const rows = [
    [[units, join(folder, 'absent.csv')], /absent\.csv: No such file or directory$/m],
    [[units, folder], /: it is no file$/m],
    [
      [units, await put('column.csv', [PLACES[0].replace('siret', 'SIRET'), PLACES[1]])],
      /column\.csv, row 1: the column siret is missing$/m,
    ],
    [
      [
        units,
        await put('two.zip', PLACES, (text) =>
          zip([
            { name: 'places.csv', content: text },
            { name: 'more.csv', content: text },
          ]),
        ),
      ],
      /two\.zip: the zip holds several files/,
    ],
    [[units, await put('other.csv', ['a,b', '1,2'])], /neither the columns/],
    [[units, await put('empty.csv', [], () => '')], /no CSV/],
    [
      [units, await put('cut.csv.gz', PLACES, (text) => gzipSync(text).subarray(0, -10))],
      /cut, damaged/,
    ],
    [
      [
        units,
        await put('latin1.csv', [...PLACES, PLACES[1].replace('SEGUR', 'S\u00c9GUR')], (text) =>
          Buffer.from(text, 'latin1'),
        ),
      ],
      /not UTF-8/,
    ],
    [[units, units], /both files/],
  ];
  for (const [paths, message] of rows) {
    const { code, stderr } = await run(.../** @type {string[]} */ (paths));
    assert.equal(code, 1);
    assert.match(stderr, /** @type {RegExp} */ (message));
  }
  assert.equal((await run(units)).code, 2);
  assert.equal((await run(units, places)).code, 0);
});

const sirets = () => database.sql('select siret from directory_establishment order by siret');
const numbered = (count) =>
  Array.from({ length: count }, (_, i) => `1,1,${30000000000000 + i},,,,,,LYON,A,,`);

test('refuses_to_shrink_the_directory_by_more_than_a_tenth_unless_told', async () => {
  const units = await put('units.csv', UNITS);
  const whole = await put('whole.csv', [PLACES[0], ...numbered(20)]);
  assert.equal((await run('--allow-shrink', units, whole)).code, 0);
  const cut = await put('cut.csv', [PLACES[0], ...numbered(17)]);
  const refused = await run(units, cut);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /from 20 establishments to 17.*--allow-shrink/);
  assert.equal((await sirets()).length, 20);
  const tenth = await put('tenth.csv', [PLACES[0], ...numbered(18)]);
  assert.equal((await run(units, tenth)).code, 0, 'a tenth is no shrinking');
  const meant = await run('--allow-shrink', units, cut);
  assert.equal(meant.code, 0, meant.stderr);
  assert.equal((await sirets()).length, 17);
});

test('a_refused_file_is_not_read_again_when_it_is_meant', async () => {
  const units = await put('units.csv', UNITS);
  const few = await put('few.csv', [PLACES[0], ...numbered(5)]);
  assert.equal((await run(units, few)).code, 1);
  assert.deepEqual(
    await database.sql('select kind from directory_stock where is_complete order by kind'),
    ['establishments', 'units'],
  );
  const meant = await run('--allow-shrink', units, few);
  assert.equal(meant.code, 0, meant.stderr);
  assert.equal((await sirets()).length, 5);
});

test('names_the_row_of_a_siret_that_stands_twice', async () => {
  const units = await put('units.csv', UNITS);
  const before = await sirets();
  const places = await put('twice.csv', [...PLACES, ...numbered(3), PLACES[2], PLACES[2]]);
  const { code, stderr } = await run(units, places);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /StockEtablissement, row 11: SIRET 35600000000048 stands already in row 3 \(1 such/,
  );
  assert.deepEqual(await sirets(), before);
});

test('names_the_row_of_a_siren_that_stands_twice', async () => {
  const units = await put('twice-units.csv', [...UNITS, UNITS[1]]);
  const { code, stderr } = await run(units, await put('places.csv', PLACES));
  assert.equal(code, 1);
  assert.match(stderr, /StockUniteLegale, row 6: SIREN 130025265 stands already in row 2 \(1 such/);
});

test('says_beforehand_how_long_it_takes_and_how_much_disk', async () => {
  const units = await put('units.csv', UNITS);
  const many = [PLACES[0], ...numbered(250_000)];
  for (const places of [await put('m.csv', many), await put('m.csv.gz', many, gzipSync)]) {
    const { code, stderr } = await run('--allow-shrink', units, places);
    assert.equal(code, 0, stderr);
    const said = /^About (\d+) rows: about (\d+) min, (\d+) MB of disk .*, (\d+) MB afterwards$/m;
    const [, rows, minutes, peak, kept] = (said.exec(stderr) ?? []).map(Number);
    assert.ok(rows > 200_000 && rows < 300_000, `${rows} rows are said of ${places}`);
    assert.ok(minutes >= 1 && peak > kept && kept >= 50, stderr);
    assert.ok(stderr.indexOf('About') < stderr.indexOf('m.csv'), 'before the first row is stored');
  }
});
