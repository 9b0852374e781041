// The Debian packages that api/Dockerfile names, and whether its suite has them:
//
//   node tests/lint/suite_packages.mjs           asks the suite; fails with the names that it does not have
//   node tests/lint/suite_packages.mjs --write   then writes them to api/deploy/containers/packages.txt
//
// The test of tests/lint compares the two files only, so that it needs no mirror.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DOCKERFILE = 'api/Dockerfile';
export const LIST = 'api/deploy/containers/packages.txt';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MIRROR = process.env.GUICHET_DEBIAN_MIRROR ?? 'http://deb.debian.org/debian';

/** The suite of every image that the stages begin with; fails unless it is one. */
export function suiteOf(dockerfile) {
  const bases = new Set([...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image));
  const suite = /^debian:(\w+)-slim$/.exec([...bases].join(' '))?.[1];
  if (!suite) throw new Error(`one base image debian:SUITE-slim is expected: ${[...bases]}`);
  return suite;
}

/** The names that a stage, or all of them, install. */
export function packagesOf(dockerfile) {
  const installs = dockerfile
    .replace(/\\\n/g, ' ')
    .matchAll(/apt-get install --yes --no-install-recommends ([^&\n]*)/g);
  const names = [...installs].flatMap(([, list]) => list.trim().split(/\s+/));
  return [...new Set(names)].sort();
}

/** What a list of packages says: its suite and the names with their versions. */
export function readList(text) {
  const [head, ...lines] = text.trim().split('\n');
  const versions = new Map(lines.map((line) => /** @type {[string, string]} */ (line.split(' '))));
  return { suite: /^# (\w+)/.exec(head)?.[1], versions };
}

/** Version of each package in the suite, by an apt with nothing of this machine but its keys. */
function ask(suite, names) {
  const folder = mkdtempSync('/tmp/guichet-packages-');
  try {
    for (const each of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(join(folder, each), { recursive: true });
    writeFileSync(join(folder, 'sources.list'), `deb ${MIRROR} ${suite} main\n`);
    writeFileSync(join(folder, 'status'), '');
    const options = [
      `Dir::State::Lists=${folder}/lists`,
      `Dir::State::status=${folder}/status`,
      `Dir::Cache=${folder}/cache`,
      `Dir::Etc::SourceList=${folder}/sources.list`,
      'Dir::Etc::SourceParts=/dev/null',
      'APT::Architecture=amd64',
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option]);
    execFileSync('apt-get', [...options, '-qq', 'update']);
    const said = execFileSync('apt-cache', [...options, 'madison', ...names], { encoding: 'utf8' });
    const rows = said.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    return new Map(/** @type {[string, string][]} */ (rows.filter(([, version]) => version)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dockerfile = readFileSync(join(ROOT, DOCKERFILE), 'utf8');
  const suite = suiteOf(dockerfile);
  const names = packagesOf(dockerfile);
  const versions = ask(suite, names);
  const missing = names.filter((name) => !versions.has(name));
  if (missing.length > 0) {
    console.error(`${suite} has no ${missing.join(', ')}`);
    process.exitCode = 1;
  } else if (process.argv[2] === '--write') {
    const lines = names.map((name) => `${name} ${versions.get(name)}\n`);
    const head = `# ${suite}: what api/Dockerfile installs; written by tests/lint/suite_packages.mjs --write\n`;
    writeFileSync(join(ROOT, LIST), head + lines.join(''));
  }
}
