// A newcomer's way: a bare Debian 13 with nothing but systemd, the package, and the commands of
// api/deploy/README.md, until https answers.
import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { waitFor } from '../support/wait.mjs';
import { Authority } from './authority.mjs';
import { certbot } from './stand_ins.mjs';
import { commandsOf, Docker, replace, ROOT, run, succeed } from './docker.mjs';

const NAME = 'guichet.example';
const MINUTES_MAX = 15;
const BARE = 'rehearsal-debian';

let folder;
let docker;
let authority;
before(
  async () => {
    assert.equal(process.getuid?.(), 0, 'a Docker daemon needs root');
    folder = await mkdtemp('/var/tmp/guichet-walk-');
    docker = await Docker.start();
    authority = new Authority(docker.folder);
    await docker.makeBase(authority.file);
    await docker.makeImage(BARE, 'systemd systemd-sysv dbus ca-certificates iproute2');
    await mkdir(join(folder, 'files'));
  },
  { timeout: 900_000 },
);
after(async () => {
  await docker?.stop();
  await rm(folder, { recursive: true, force: true });
});

const files = () => join(folder, 'files');
const inside = (script, options) =>
  run(['docker', 'exec', '--interactive', 'walk', 'bash', '-euo', 'pipefail', '-c', script], {
    env: docker.env,
    ...options,
  });
async function must(script, options) {
  const { code, text } = await inside(script, options);
  assert.equal(code, 0, `${script.slice(0, 200)}:\n${text.slice(-4000)}`);
  return text;
}

/**
 * The package of Debian 13, made as api/deploy/PACKAGE.md says, in a Debian of its own. GUICHET_TEST_PACKAGE names one
 * that was made before.
 */
async function makePackage() {
  const made = process.env.GUICHET_TEST_PACKAGE;
  if (made) {
    await copyFile(made, join(files(), basename(made)));
    return basename(made);
  }
  const sources = join(folder, 'sources');
  const now = Math.floor(Date.now() / 1000); // CHANGELOG.md may name no release yet
  const listing = `set -euo pipefail; ROOT=${ROOT}; . ${ROOT}/tests/support/debian.sh; debian_sources ${sources} /.`;
  await succeed(['bash', '-c', listing]);
  // prettier-ignore
  await succeed(['docker', 'run', '--rm', '--env', `SOURCE_DATE_EPOCH=${now}`, '--volume', `${sources}:/src`, '--volume', `${files()}:/out`, BARE,
    'bash', '-c', 'cd /src && script/package /out'], { env: docker.env, timeoutMs: 2_400_000 });
  const name = (await readdir(files())).find((each) => /^guichet_.*~deb13_\w+\.deb$/.test(each));
  assert.ok(name, 'a package');
  return name;
}

/**
 * systemd as the first process of a container: all that a virtual machine has but a kernel of its own.
 * cgroups of version 2, whatever this machine has.
 */
async function boot() {
  const init = `#!/bin/sh
umount --recursive /sys/fs/cgroup 2>/dev/null
mount --make-rshared /
mount -t cgroup2 none /sys/fs/cgroup && exec /sbin/init
`;
  await writeFile(join(files(), 'init'), init, { mode: 0o755 });
  // prettier-ignore
  await docker.ask('run', '--detach', '--name', 'walk', '--hostname', 'guichet', '--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN',
    '--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined', '--cgroupns', 'private', '--tmpfs', '/run:exec',
    '--tmpfs', '/run/lock', '--env', 'container=docker', '--add-host', `${NAME}:127.0.0.1`, '--add-host', 'smtp.example:127.0.0.1',
    '--volume', `${files()}:/root/files:ro`, '--volume', `${docker.folder}:/authority:ro`, BARE, '/root/files/init');
  await waitFor(
    'systemd',
    async () => /^(running|degraded)$/m.test((await inside('systemctl is-system-running')).text),
    { timeoutMs: 120_000, everyMs: 500 },
  );
}

/** What the newcomer's administration has already: a mail server. The machine is left as if it had not asked for packages. */
async function startMailServer() {
  const { lineage } = authority.issue(['smtp.example']);
  const at = lineage.replace(docker.folder, '/authority');
  await must(`apt-get -qq update && apt-get -qq -y install --no-install-recommends python3-aiosmtpd curl >/dev/null
    cp /authority/rehearsal.crt /usr/local/share/ca-certificates/ && update-ca-certificates >/dev/null
    cp -r ${at} /etc/smtp-tls
    systemd-run --quiet --unit smtp python3 -m aiosmtpd --nosetuid --listen 127.0.0.1:587 --tlscert /etc/smtp-tls/fullchain.pem \\
      --tlskey /etc/smtp-tls/privkey.pem --class aiosmtpd.handlers.Mailbox /var/caught
    rm -rf /var/lib/apt/lists/*`);
}

async function writeCertbot() {
  const lineage = authority.issue([NAME]).lineage.replace(docker.folder, '/authority');
  await writeFile(join(files(), 'certbot'), certbot({ name: NAME, port: 80, lineage }));
  await must('install -m 0755 /root/files/certbot /usr/local/sbin/certbot');
}

/** The page's commands, with the name of the package that was made; the last, `doctor`, is run and judged by itself. */
async function pageCommands(name) {
  const text = await commandsOf('api/deploy/README.md', '## One machine');
  const named = text.replace(/guichet_[\w.]+~deb13_\w+\.deb/, name);
  assert.notEqual(named.indexOf(name), -1);
  const yes = replace(named, 'apt-get install ', 'apt-get --yes install ');
  const [doctor] = /^guichet-admin doctor.*\n$/m.exec(yes);
  assert.ok(yes.endsWith(doctor));
  return replace(yes, doctor, '');
}

const asked = (path, more = '') =>
  `curl --silent --show-error --max-time 20 --output /tmp/answer --write-out '%{http_code}' ${more} 'https://${NAME}${path}'`;
const curl = (path, more) => must(asked(path, more));

test('the_page_alone_leads_from_a_bare_debian_to_https', { timeout: 4_000_000 }, async (t) => {
  const name = await makePackage();
  await boot();
  await startMailServer();
  await writeCertbot();
  const commands = await pageCommands(name);
  const started = Date.now();
  const { code, text } = await inside(`cd /root/files\n${commands}`, {
    timeoutMs: MINUTES_MAX * 60_000,
  });
  assert.equal(code, 0, text.slice(-6000));
  // nginx may not listen yet when its command returns.
  await waitFor('https', async () => (await inside(asked('/health/ready'))).text === '200', {
    everyMs: 500,
  });
  const seconds = Math.round((Date.now() - started) / 1000);
  t.diagnostic(`a service by https after ${seconds} s`);
  assert.ok(seconds < MINUTES_MAX * 60);
});

test('the_last_command_of_the_page_finds_nothing_wrong_but_a_directory_that_is_not_here', async () => {
  const { text } = await inside('guichet-admin doctor --json 2>/dev/null || true');
  const { checks } = JSON.parse(text);
  const wrong = checks.filter(({ state }) => state === 'wrong');
  assert.deepEqual(
    wrong.map(({ name }) => name),
    ['directory'],
    text,
  );
  assert.ok(wrong[0].advice);
});

test('what_the_page_leads_to_serves_people', async () => {
  assert.equal(await curl('/'), '200');
  assert.equal(await curl('/v1/products'), '200');
  assert.equal(await curl('/metrics'), '404');
  const redirect = await must(
    `curl --silent --output /dev/null --write-out '%{http_code} %{redirect_url}' http://${NAME}/a`,
  );
  assert.equal(redirect, `308 https://${NAME}/a`);
  const units = await must(
    'systemctl is-active guichet@8081 guichet@8082 guichet-worker nginx postgresql',
  );
  assert.equal(units.trim(), 'active\nactive\nactive\nactive\nactive');
  // The directory is a service of the State, which is not here.
  await must(`sed -i s/^GUICHET_DIRECTORY=.*/GUICHET_DIRECTORY=local/ /etc/guichet/guichet.env
    systemctl restart guichet@8081 guichet@8082 guichet-worker`);
  await waitFor('the instances', async () => (await curl('/health/ready')) === '200', {
    everyMs: 500,
  });
  const form =
    '{"email":"ana@mairie.example","given_name":"Ana","family_name":"Benali","siret":"21690123100011"}';
  assert.equal(
    await curl('/v1/accounts', `--header 'Content-Type: application/json' --data '${form}'`),
    '202',
  );
  await waitFor(
    'the mail',
    async () => (await inside('grep -qs ana@mairie.example /var/caught/new/*')).code === 0,
    { timeoutMs: 120_000, everyMs: 500 },
  );
  const log = await must(
    'journalctl --quiet --output cat -u guichet@8081 -u guichet@8082 -u guichet-worker',
  );
  assert.doesNotMatch(log, /"level":"error"/);
});

test('a_restart_of_the_machine_brings_everything_back', async () => {
  await docker.ask('restart', 'walk');
  await waitFor(
    'https again',
    async () => (await inside(`curl --silent --fail https://${NAME}/health/ready`)).code === 0,
    {
      timeoutMs: 180_000,
      everyMs: 1000,
    },
  );
});
