// The shipped files of HAProxy and nginx under the programs of Debian 13, whatever Debian this machine has: the
// tests of the proxies, whose commands `haproxy` and `nginx` are those of a Debian 13 in a folder.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Authority } from './authority.mjs';
import { Docker, ROOT, run, succeed } from './docker.mjs';

const PROXIES = 'rehearsal-proxies';
const FILES = [
  'tests/faults/proxies.test.mjs',
  'tests/faults/proxy_errors.test.mjs',
  'tests/faults/front_buffers.test.mjs',
  'tests/contract/gateway_haproxy.test.mjs',
];

let folder;
let env;

/** A command of Debian 13 that sees the files of the tests, and whose process is the one that was started. */
const inTree = (tree, program) => `#!/bin/sh
exec unshare --mount --propagation private sh -euc '
  for place in /dev /proc /tmp "$0"; do mount --rbind "$place" "${tree}$place"; done
  exec chroot "${tree}" /usr/sbin/${program} "$@"' "${ROOT}" "$@"
`;

before(
  async () => {
    assert.equal(process.getuid?.(), 0, 'a Docker daemon needs root');
    folder = await mkdtemp('/var/tmp/guichet-proxies-');
    const [tree, bin] = [join(folder, 'tree'), join(folder, 'bin')];
    for (const each of [bin, join(tree, ROOT)]) await mkdir(each, { recursive: true });
    const docker = await Docker.start();
    try {
      await docker.makeBase(new Authority(docker.folder).file);
      await docker.makeImage(PROXIES, 'haproxy nginx-light');
      const id = (await docker.ask('create', PROXIES, 'true')).trim();
      await succeed(
        ['bash', '-euo', 'pipefail', '-c', `docker export ${id} | tar -x -C "$0"`, tree],
        {
          env: docker.env,
        },
      );
    } finally {
      await docker.stop();
    }
    for (const program of ['haproxy', 'nginx'])
      await writeFile(join(bin, program), inTree(tree, program), { mode: 0o755 });
    env = {
      PATH: `${bin}:${process.env.PATH}`,
      GUICHET_BIN: join(ROOT, 'build', 'guichet'),
    };
  },
  { timeout: 900_000 },
);
after(() => rm(folder, { recursive: true, force: true }));

test('haproxy_of_debian_13_finds_nothing_to_say_against_the_shipped_file', async (t) => {
  const version = await succeed(['haproxy', '-v'], { env });
  t.diagnostic(version.split('\n')[0]);
  assert.match(version, /^HAProxy version 3\./);
  const file = join(ROOT, 'api/deploy/haproxy/guichet.cfg');
  const { code, text } = await run(['haproxy', '-c', '-f', file], { env });
  assert.equal(code, 0, text);
  assert.doesNotMatch(text, /WARNING|ALERT|deprecated/i);
});

test('what_is_shown_of_the_proxies_holds_for_those_of_debian_13', async (t) => {
  t.diagnostic((await succeed(['nginx', '-v'], { env })).trim());
  // Else it reports to this test and not on its own.
  const own = ['env', '--unset=NODE_TEST_CONTEXT', 'script/with-database'];
  const command = [...own, process.execPath, '--test', '--test-concurrency=1'];
  const { code, text } = await run([...command, '--test-reporter=tap', ...FILES], {
    cwd: ROOT,
    env,
    timeoutMs: 1_800_000,
  });
  const counts = /^# pass (\d+)\n# fail (\d+)$/m.exec(text);
  t.diagnostic(`${counts?.[1]} passed, ${counts?.[2]} failed`);
  assert.equal(code, 0, text.match(/^ *not ok [\s\S]{0,2000}/gm)?.join('\n') ?? text.slice(-4000));
  assert.ok(Number(counts[1]) > 0);
});
