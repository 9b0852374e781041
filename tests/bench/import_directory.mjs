// How fast `guichet import-directory` lays rows down and makes the directory out of them. Only the
// release build is measured.
//   node tests/bench/import_directory.mjs [establishments, 1000000]
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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
  const start = performance.now();
  const { code, stdout, stderr } = await runProgram(['import-directory', units, places], { env });
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(stderr);
  console.log(stdout.trim());
  const rate = Math.round((2 * count) / seconds);
  console.log(
    `${rate} rows/s over both files, directory and index made, ${build} build, ` +
      `${cpus().length} processors`,
  );
} finally {
  await database.drop();
  await rm(folder, { recursive: true });
}
