// The bill of materials of a package, as CycloneDX 1.5: the libraries that dpkg-shlibdeps found, in the versions
// that it was built with, and the npm packages that the screens are assembled from, as package-lock.json pins them.
//
//   node api/deploy/debian/sbom.mjs PACKAGE.deb VERSION ARCHITECTURE "libc6 (>= 2.36), libpq5 …"
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [file, version, arch, libraries] = process.argv.slice(2);
const lock = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../../package-lock.json', import.meta.url)), 'utf8'),
);
const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
const distro = /~(deb)(\d+)$/.exec(version)?.[2];

/** Of the content, so that the same package has the same number: a name-based UUID (RFC 9562, 5.8). */
const serial = (hex) =>
  `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;

const debian = (name, its) => `pkg:deb/debian/${name}@${its}?arch=${arch}&distro=debian-${distro}`;

/** "libpq5 (>= 15~beta1), libjansson4": the names, alternatives left out. */
const names = libraries.split(',').map((one) => one.split('|')[0].trim().split(/[\s:]/)[0]);
const linked = [...new Set(names)].sort().map((name) => {
  const query = ['--show', '--showformat=$' + '{Version}\n', name]; // dpkg's own placeholder
  const [its] = execFileSync('dpkg-query', query, { encoding: 'utf8' }).split('\n');
  return {
    type: 'library',
    'bom-ref': debian(name, its),
    name,
    version: its,
    purl: debian(name, its),
  };
});

const served = Object.keys(lock.packages[''].dependencies)
  .sort()
  .map((name) => {
    const one = lock.packages[`node_modules/${name}`];
    const purl = `pkg:npm/${name.replace('@', '%40')}@${one.version}`;
    const content = Buffer.from(one.integrity.replace('sha512-', ''), 'base64').toString('hex');
    return {
      type: 'library',
      'bom-ref': purl,
      name,
      version: one.version,
      hashes: [{ alg: 'SHA-512', content }],
      licenses: [{ license: { id: one.license } }],
      purl,
    };
  });

const self = debian('guichet', version);
const components = [...linked, ...served];
const document = {
  $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  serialNumber: serial(sha256),
  version: 1,
  metadata: {
    timestamp: new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString(),
    component: {
      type: 'application',
      'bom-ref': self,
      name: 'guichet',
      version,
      hashes: [{ alg: 'SHA-256', content: sha256 }],
      licenses: [{ license: { id: 'Apache-2.0' } }],
      purl: self,
    },
  },
  components,
  dependencies: [
    { ref: self, dependsOn: components.map((one) => one['bom-ref']) },
    ...components.map((one) => ({ ref: one['bom-ref'] })),
  ],
};
process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
