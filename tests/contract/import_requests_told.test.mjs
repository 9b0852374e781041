// What `guichet import-requests` tells of a file that can be read but has to be looked at: habilitations twice, values in the
// place of missing ones, folders of nobody, what is no file.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { demande, formData, Import, newId, plant } from '../support/datapass.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const SIRET = SIRETS.RENNES;
const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
);

let server;
let datapass;
before(async () => {
  server = await startServer();
  const role = 'instructor:api-entreprise';
  datapass = new Import(server, await logInAs(server, { siret: SIRETS.DINUM, role }));
});
after(() => server.stop());

const run = (rows, ...options) => datapass.run(rows, ...options);
const take = (rows, ...options) => datapass.take(rows, ...options);

test('two_requests_with_one_habilitation_are_told_in_one_file_and_in_two', async () => {
  const [first, second, third] = [newId(), newId(), newId()];
  const shared = { habilitation: { id: first + 70_000 } };
  const rows = [demande(first, SIRET, shared), demande(second, SIRET, shared)];
  const dry = await run(rows, '--dry-run');
  const { code, stdout } = await run(rows);
  assert.equal(dry.stdout.split('\n')[0], stdout.split('\n')[0]);
  assert.equal(code, 1);
  assert.match(stdout, /^row 2: row 1 has the same habilitation/m);
  assert.match(stdout, /^1 requests taken over, .* 1 rows refused/m);
  const later = await run([demande(third, SIRET, shared)]);
  assert.equal(later.code, 1);
  assert.match(
    later.stdout,
    new RegExp(`^row 1, habilitations/id: .*demande D${first}, déjà reprise`, 'm'),
  );
  assert.equal((await run(rows.slice(0, 1))).code, 0, 'it is there already');
});

test('what_takes_the_place_of_missing_or_late_values_is_told', async () => {
  const id = newId();
  const stdout = await take([
    demande(id, SIRET, {
      data: formData({ intitule: ' ' }),
      last_submitted_at: '2022-03-01T10:00:00+01:00',
      habilitations: [],
    }),
  ]);
  for (const name of ['last_submitted_at', 'habilitations', 'data/intitule']) {
    assert.match(stdout, new RegExp(`^row 1, ${name}: `, 'm'));
  }
  const request = await datapass.find(id);
  assert.equal(request.title, 'Marchés publics');
});

test('folders_of_unknown_numbers_are_told', async () => {
  const id = newId();
  const folder = join(server.dataDir, randomUUID());
  await plant(folder, id, {});
  await plant(folder, '4711', { 'maquette_projet/plan.pdf': PDF });
  await writeFile(join(folder, 'stray.pdf'), PDF);
  for (const options of [['--dry-run'], []]) {
    const { code, stdout } = await run([demande(id, SIRET)], `--files=${folder}`, ...options);
    assert.equal(code, 1);
    const strays = stdout.match(/^--files: «(.*)» is the folder of no request of the file$/gm);
    assert.equal(strays.length, 2);
    assert.match(strays.join(), /«4711».*«stray\.pdf»|«stray\.pdf».*«4711»/);
    assert.match(stdout, /1 requests taken over/);
  }
});

test('a_pipe_in_the_place_of_a_file_keeps_nobody_waiting', async () => {
  const id = newId();
  const folder = join(server.dataDir, randomUUID());
  await plant(folder, id, { 'maquette_projet/plan.pdf': PDF });
  await rm(join(folder, `${id}/maquette_projet/plan.pdf`));
  execFileSync('mkfifo', [join(folder, `${id}/maquette_projet/plan.pdf`)]);
  const { code, stdout } = await run([demande(id, SIRET)], `--files=${folder}`);
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^row 1, files\/maquette_projet\/plan\.pdf: Ce fichier ne peut pas être lu/m,
  );
});
