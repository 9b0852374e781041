// A certificate authority of a test's own, and what certbot leaves of each certificate.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe', encoding: 'utf8' });
// prettier-ignore
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Whether it is there and lives for a day more. */
const isFresh = (file) => {
  const at = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - at < 86_400_000;
};

export class Authority {
  /** @param {string} folder that exists, and may hold the authority of a run before */
  constructor(folder) {
    this.folder = folder;
    this.file = join(folder, 'rehearsal.crt');
    this.key = join(folder, 'rehearsal.key');
    this.made = 0;
    // prettier-ignore
    if (!isFresh(this.file))
      openssl('req', '-x509', ...NEW_KEY, '-days', '2', '-subj', '/CN=Rehearsal', '-keyout', this.key, '-out', this.file);
  }

  /**
   * A folder with `fullchain.pem` and `privkey.pem`, as RENEWED_LINEAGE of certbot.
   * @param {string[]} names
   * @returns {{lineage: string, serial: string}} `serial` as openssl writes it
   */
  issue(names) {
    const lineage = join(this.folder, `lineage-${++this.made}`);
    const [request, certificate, key, extensions] = [
      'request.pem',
      'cert.pem',
      'privkey.pem',
      'extensions',
    ].map((name) => join(lineage, name));
    rmSync(lineage, { recursive: true, force: true });
    mkdirSync(lineage);
    const alternative = names.map((name) => `DNS:${name}`).join(',');
    writeFileSync(extensions, `subjectAltName=${alternative}\n`);
    openssl('req', ...NEW_KEY, '-subj', `/CN=${names[0]}`, '-keyout', key, '-out', request);
    // prettier-ignore
    openssl('x509', '-req', '-in', request, '-CA', this.file, '-CAkey', this.key, '-days', '2', '-extfile', extensions,
      '-set_serial', String(1000 + this.made), '-out', certificate);
    writeFileSync(
      join(lineage, 'fullchain.pem'),
      readFileSync(certificate, 'utf8') + readFileSync(this.file, 'utf8'),
    );
    return { lineage, serial: (1000 + this.made).toString(16).toUpperCase().padStart(4, '0') };
  }
}
