// What is not to be had in a test: certbot's other side, and a caller at another machine.
import { run, succeed } from './docker.mjs';

export const CALLER = '10.99.7.2';
export const THIS_SIDE = '10.99.7.1';

/**
 * Stands for certbot as a script: fetches the challenge by http as the authority would, then calls the hook as
 * certbot does.
 * @param {{name: string, port: number, lineage: string}} options `lineage`: RENEWED_LINEAGE, for the shell
 */
export const certbot = ({ name, port, lineage }) => `#!/bin/bash
set -euo pipefail
while [ $# -gt 0 ]; do
  case "$1" in
  --webroot-path) root=$2; shift ;;
  --deploy-hook) hook=$2; shift ;;
  --domain) [ "$2" = ${name} ]; shift ;;
  esac
  shift
done
mkdir -p "$root/.well-known/acme-challenge"
echo proof >"$root/.well-known/acme-challenge/token"
url=http://${name}:${port}/.well-known/acme-challenge/token
for _ in $(seq 60); do
  [ "$(curl --silent --resolve ${name}:${port}:127.0.0.1 "$url")" != proof ] || { found=1; break; }
  sleep 1
done
[ -n "\${found:-}" ]
RENEWED_LINEAGE="${lineage}" sh -c "$hook"
`;

/**
 * A network namespace at the other end of a wire to this machine; its name. Gone with the test.
 * @param {import('node:test').TestContext} t
 */
export async function makeCaller(t) {
  const name = `guichet-${process.pid}`;
  const wire = `gui${process.pid}`;
  const inside = ['ip', '-n', name];
  await succeed(['ip', 'netns', 'add', name]);
  t.after(() => run(['ip', 'netns', 'delete', name]));
  const peer = ['peer', 'name', 'eth0', 'netns', name];
  await succeed(['ip', 'link', 'add', wire, 'type', 'veth', ...peer]);
  await succeed(['ip', 'address', 'add', `${THIS_SIDE}/30`, 'dev', wire]);
  await succeed(['ip', 'link', 'set', wire, 'up']);
  await succeed([...inside, 'address', 'add', `${CALLER}/30`, 'dev', 'eth0']);
  await succeed([...inside, 'link', 'set', 'eth0', 'up']);
  await succeed([...inside, 'route', 'add', 'default', 'via', THIS_SIDE]);
  return name;
}
