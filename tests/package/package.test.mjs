// The package in bare Debians: see rehearse.sh. And what it says that it is made of.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

const out = mkdtempSync('/tmp/guichet-package-');
after(() => rmSync(out, { recursive: true, force: true }));

const run = promisify(execFile);
const REHEARSE = fileURLToPath(new URL('rehearse.sh', import.meta.url));
const MEGABYTES_MAX = 12;

async function rehearse(release) {
  const command = process.getuid?.() === 0 ? [] : ['sudo', '--preserve-env'];
  const [program, ...args] = [...command, REHEARSE, release, out];
  const { stdout } = await run(program, args, { maxBuffer: 2 ** 24 }).catch((error) =>
    assert.fail(`${error.stdout}\n${error.stderr}`),
  );
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

for (const [release, number] of Object.entries({ bookworm: 12, trixie: 13 })) {
  test(`builds_the_same_bytes_and_lives_from_installation_to_purge_on_debian_${number}`, async (t) => {
    const found = await rehearse(release);
    t.diagnostic(JSON.stringify(found));
    assert.equal(found.release, release);
    assert.ok(found.package_kb < MEGABYTES_MAX * 1024, `${found.package_kb} kB`);
    const made = readdirSync(out).filter((name) => name.includes(`~deb${number}_`));
    assert.deepEqual(made.map((name) => name.replace(/_[\d.]+~deb\d+_\w+/, '')).sort(), [
      'guichet.cdx.json',
      'guichet.deb',
    ]);
  });

  test(`says_by_cyclonedx_what_the_package_of_debian_${number}_is_made_of`, () => {
    const [file] = readdirSync(out).filter((name) => name.endsWith(`~deb${number}_amd64.cdx.json`));
    const document = JSON.parse(readFileSync(join(out, file), 'utf8'));
    assert.deepEqual(mistakesOf(document), []);
    const names = document.components.map(({ name }) => name);
    for (const name of ['libpq5', '@picocss/pico', 'swagger-ui-dist', 'uplot']) {
      assert.ok(names.includes(name), `${name} is not in ${names}`);
    }
    assert.ok(document.components.every(({ version, purl }) => version && purl));
    const bytes = readFileSync(join(out, file.replace('.cdx.json', '.deb')));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    assert.deepEqual(document.metadata.component.hashes, [{ alg: 'SHA-256', content: sha256 }]);
  });
}

/** By the schema of CycloneDX 1.5 itself, as its own library carries it. */
function mistakesOf(document) {
  const require = createRequire(import.meta.url);
  const folder = join(
    require.resolve('@cyclonedx/cyclonedx-library/package.json'),
    '..',
    'res',
    'schema',
  );
  const schema = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addFormat('iri-reference', (text) => !/\s/.test(text));
  ajv.addFormat('idn-email', /@/);
  for (const part of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json']) {
    ajv.addSchema(schema(part), `http://cyclonedx.org/schema/${part}`);
  }
  const check = ajv.compile(schema('bom-1.5.SNAPSHOT.schema.json'));
  return check(document)
    ? []
    : check.errors.map((error) => `${error.instancePath} ${error.message}`);
}

test('the_schema_refuses_a_bill_that_is_none', () => {
  assert.notDeepEqual(
    mistakesOf({ bomFormat: 'CycloneDX', specVersion: '1.5', components: [{}] }),
    [],
  );
});
