// A certificate for this machine, made for one test file and thrown away with its folder.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @param {string} [names] subjectAltName of openssl
 * @param {number} [days] how long it is valid
 * @returns {{key: Buffer, cert: Buffer, file: string, remove: () => void}} `file`: vouches for it
 */
export function makeCertificate(names = 'IP:127.0.0.1,DNS:localhost', days = 2) {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-tls-'));
  const key = join(folder, 'key.pem');
  const file = join(folder, 'cert.pem');
  // prettier-ignore
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-days', String(days), '-subj', '/CN=localhost', '-addext', `subjectAltName=${names}`, '-keyout', key, '-out', file],
    { stdio: 'pipe' });
  return {
    key: readFileSync(key),
    cert: readFileSync(file),
    file,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
