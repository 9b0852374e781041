// How fast `guichet import-directory` stores rows and makes the directory out of them, and how much disk
// PostgreSQL takes meanwhile and afterwards. Only the release build is measured. What it finds with five
// million or more stands in api/organisation/directory_import.h, which promises by it, and in README.md.
//   node tests/bench/import_directory.mjs [establishments, 1000000]
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '../support/database.mjs';
import { PROGRAM, runProgram } from '../support/server.mjs';

const cache = await readFile(join(dirname(PROGRAM), 'CMakeCache.txt'), 'utf8');
const [, build] = /^CMAKE_BUILD_TYPE:\w+=(.*)$/m.exec(cache) ?? [];
if (build !== 'RelWithDebInfo')
  throw new Error(`${PROGRAM} is a ${build} build: a release build is needed`);
const count = Number(process.argv[2] ?? 1_000_000);
const UNITS =
  'siren,categorieJuridiqueUniteLegale,denominationUniteLegale,prenomUsuelUniteLegale,' +
  'prenom1UniteLegale,nomUsageUniteLegale,nomUniteLegale';
const PLACES =
  'siret,etatAdministratifEtablissement,enseigne1Etablissement,denominationUsuelleEtablissement,' +
  'numeroVoieEtablissement,indiceRepetitionEtablissement,typeVoieEtablissement,' +
  'libelleVoieEtablissement,codePostalEtablissement,libelleCommuneEtablissement';
const WORDS = ['BOULANGERIE', 'COMMUNE', 'SYNDICAT', 'GARAGE', 'ECOLE', 'TRANSPORTS', 'CONSEIL'];
const PLACE_NAMES = ['PARIS', 'LYON', 'CLAMART', 'NANTES', 'ANNECY', 'RENNES'];

async function write(path, header, row) {
  const file = createWriteStream(path);
  file.write(`${header}\n`);
  for (let i = 0; i < count; i += 1000) {
    const rows = Array.from({ length: Math.min(1000, count - i) }, (_, j) => row(i + j)).join('');
    if (!file.write(rows)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

const siren = (i) => String(100_000_000 + i);
const word = (i) => `${WORDS[i % WORDS.length]} ${i.toString(36).toUpperCase()}`;

async function sizeBytes() {
  const [bytes] = await database.sql(
    'select pg_database_size(current_database()) + (select coalesce(sum(size), 0) from pg_ls_tmpdir())',
  );
  return Number(bytes);
}

/** The largest size until the command ends, and when the last row was stored. */
async function watch(running, start) {
  let [peak, readMs, ended] = [0, 0, false];
  running.finally(() => (ended = true));
  while (!ended) {
    peak = Math.max(peak, await sizeBytes());
    const complete = await database.sql('select count(*) from directory_stock where is_complete');
    if (readMs === 0 && complete[0] === '2') readMs = performance.now() - start;
    await sleep(500);
  }
  return { peak, readMs };
}

const folder = await mkdtemp(join(tmpdir(), 'guichet-import-'));
const database = await createDatabase();
try {
  const [units, places] = [join(folder, 'units.csv'), join(folder, 'places.csv')];
  await write(units, UNITS, (i) => `${siren(i)},5710,${word(i)},,,,\n`);
  await write(places, PLACES, (i) => {
    const city = PLACE_NAMES[i % PLACE_NAMES.length];
    return `${siren(i)}00011,A,,,${i % 200},,RUE,DE LA REPUBLIQUE,75001,${city}\n`;
  });
  const env = { GUICHET_DATABASE_URL: database.url, GUICHET_DATABASE_OWNER_URL: database.ownerUrl };
  const empty = await sizeBytes();
  const start = performance.now();
  const running = runProgram(['import-directory', units, places], { env });
  const { peak, readMs } = await watch(running, start);
  const { code, stdout, stderr } = await running;
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(stderr);
  console.log(stdout.trim());
  const rate = Math.round((2 * count) / seconds);
  console.log(
    `${rate} rows/s over both files, directory and index made, ${build} build, ` +
      `${cpus().length} processors`,
  );
  const each = (bytes) => Math.round((bytes - empty) / count);
  console.log(
    `${Math.round(readMs / 1000)} s to store the rows, ${Math.round(seconds - readMs / 1000)} s to make ` +
      `the directory; bytes an establishment: ${each(peak)} at most, ${each(await sizeBytes())} afterwards`,
  );
} finally {
  await database.drop();
  await rm(folder, { recursive: true });
}
