// A Docker daemon of a test's own: Debian's docker.io in a folder that goes with it, ended by its pid.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDaemon } from '../support/daemon.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const BASE = 'debian:trixie-slim';
const MINUTE_MS = 60_000;

/**
 * Runs a command to its end.
 * @param {string[]} command
 * @param {{cwd?: string, env?: Record<string, string>, input?: string, timeoutMs?: number}} [options]
 * @returns {Promise<{code: number | null, text: string}>} `text`: both outputs
 */
export function run(command, { cwd = '/', env = {}, input = '', timeoutMs = 15 * MINUTE_MS } = {}) {
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, timeout: timeoutMs });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((done, failed) => {
    child.once('error', failed).once('close', (code) => done({ code, text }));
  });
}

/** The same; fails unless it ends with 0. */
export async function succeed(command, options) {
  const { code, text } = await run(command, options);
  assert.equal(code, 0, `${command.join(' ').slice(0, 200)}:\n${text.slice(-4000)}`);
  return text;
}

/** Commands of the blocks of a page, with which a reader would begin: the first block of the section. */
export async function commandsOf(page, section) {
  const text = await readFile(join(ROOT, page), 'utf8');
  const from = text.indexOf(section);
  assert.ok(from >= 0, `${page} has no ${section}`);
  const block = /^```sh\n([\s\S]*?)^```$/m.exec(text.slice(from))?.[1];
  assert.ok(block, `${page} has no commands below ${section}`);
  return block;
}

/** Replaces what has to stand in a text. */
export function replace(text, from, to) {
  assert.ok(text.includes(from), `no ${from} in:\n${text}`);
  return text.replaceAll(from, to);
}

export class Docker {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    this.env = {
      DOCKER_HOST: `unix://${folder}/docker.sock`,
      // Debian 12 has no other builder; what it builds, the newer one of Debian 13 builds too.
      DOCKER_BUILDKIT: '0',
      COMPOSE_DOCKER_CLI_BUILD: '0',
    };
  }

  /** Starts one. GUICHET_TEST_CONTAINERS_DIR names a folder that stays, with its images, for the next run. */
  static async start() {
    const kept = process.env.GUICHET_TEST_CONTAINERS_DIR;
    if (kept) await mkdir(kept, { recursive: true });
    const docker = new Docker(kept ?? (await mkdtemp('/var/tmp/guichet-containers-')));
    docker.isKept = Boolean(kept);
    const { folder, env } = docker;
    // Not docker0, which another daemon of this machine may have.
    const bridge = `guib${process.pid}`;
    execFileSync('ip', ['link', 'add', bridge, 'type', 'bridge']);
    docker.bridge = bridge;
    execFileSync('ip', ['address', 'add', `10.88.${process.pid % 256}.1/24`, 'dev', bridge]);
    // prettier-ignore
    const command = ['dockerd', '--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`, '--host', env.DOCKER_HOST,
      '--pidfile', `${folder}/dockerd.pid`, '--bridge', bridge];
    docker.daemon = await startDaemon(command, {
      ready: async () => (await run(['docker', 'info'], { env })).code === 0,
    });
    await docker.removeContainers(); // of a run that was killed
    return docker;
  }

  /** One command of the client, as text. */
  ask(...args) {
    return succeed(['docker', ...args], { env: this.env });
  }

  async size(image) {
    return Number(await this.ask('image', 'inspect', '--format', '{{.Size}}', image));
  }

  /**
   * Makes debian:trixie-slim as its makers do (no documentation, no translations), with this machine's mirror
   * and authorities, and one authority more.
   * @param {string} authority a file
   */
  async makeBase(authority) {
    if (!(await this.ask('image', 'ls', '--quiet', `${BASE}-bare`))) {
      const tree = join(this.folder, 'tree');
      const script = `set -euo pipefail
        . ${ROOT}/script/lib.sh
        . ${ROOT}/tests/support/debian.sh
        rm -rf "$1" && debian_make trixie "$1" && rm "$1/usr/sbin/policy-rc.d"
        printf 'path-exclude /usr/share/%s/*\\n' doc man locale info >"$1/etc/dpkg/dpkg.cfg.d/docker"
        echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/docker-apt-speedup"
        rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/usr/share/{doc,man,locale,info}/*
        mkdir -p "$1/usr/local/share/ca-certificates"
        cp /usr/local/share/ca-certificates/*.crt "$1/usr/local/share/ca-certificates/" 2>/dev/null || true
        tar -C "$1" -c . | docker import - ${BASE}-bare
        rm -rf "$1"`;
      await succeed(['bash', '-c', script, 'base', tree], { env: this.env });
    }
    const context = join(this.folder, 'authority');
    await rm(context, { recursive: true, force: true });
    await mkdir(context);
    await succeed(['cp', authority, join(context, 'rehearsal.crt')]);
    // Node has authorities of its own; it is told of the system's, which come with ca-certificates.
    await succeed(['docker', 'build', '--tag', BASE, '--file', '-', context], {
      env: this.env,
      input: `FROM ${BASE}-bare
COPY rehearsal.crt /usr/local/share/ca-certificates/
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
`,
    });
    return BASE;
  }

  /** An image of the base and some packages of Debian. */
  async makeImage(tag, packages) {
    const lines = `FROM ${BASE}\nRUN apt-get -qq update && apt-get -qq -y install --no-install-recommends ${packages} >/dev/null\n`;
    await succeed(['docker', 'build', '--tag', tag, '-'], { env: this.env, input: lines });
  }

  async removeContainers() {
    const there = (await this.ask('ps', '--all', '--quiet')).trim().split('\n').filter(Boolean);
    if (there.length > 0) await this.ask('rm', '--force', '--volumes', ...there);
    await this.ask('network', 'prune', '--force');
  }

  async stop() {
    await this.removeContainers();
    await this.daemon?.stop();
    execFileSync('ip', ['link', 'delete', this.bridge]);
    if (!this.isKept) await rm(this.folder, { recursive: true, force: true });
  }
}
