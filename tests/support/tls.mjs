// A certificate for this machine, made for one test file and thrown away with its folder.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * An authority of its own, which gives a client its certificate; the key also as one that a password opens.
 * @returns {{authority: Buffer, file: string, key: string, lockedKey: string, password: string,
 *   remove: () => void}} `authority` vouches for the certificate of `file`; the others are paths too
 */
export function makeClientCertificate(name = 'guichet') {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-client-'));
  const at = (file) => join(folder, file);
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe', cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  // prettier-ignore
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=authority of a test', '-keyout', 'ca.key', '-out', 'ca.pem');
  openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', 'key.pem', '-out', 'request.pem');
  // prettier-ignore
  openssl('x509', '-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-out', 'cert.pem');
  openssl('pkcs8', '-topk8', '-in', 'key.pem', '-passout', 'pass:opens', '-out', 'locked.pem');
  writeFileSync(at('password'), 'opens\n');
  return {
    authority: readFileSync(at('ca.pem')),
    file: at('cert.pem'),
    key: at('key.pem'),
    lockedKey: at('locked.pem'),
    password: at('password'),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
