// A data provider of a test's own, and the file that tells the program of it.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A good answer of any provider. */
export const DATA = '{"data" : {"siren":"130025265"},"links":{},"meta":{}}';

export class Provider {
  /** Requests that arrived. */
  asked = [];

  /** @param {(req: http.IncomingMessage, res: http.ServerResponse) => void} [act] what it does with a call */
  constructor(
    act = (req, res) => res.writeHead(200, { 'Content-Type': 'application/json' }).end(DATA),
  ) {
    this.act = act;
  }

  /**
   * @param {{certificate?: {key: Buffer, cert: Buffer}, clients?: Buffer, port?: number}} [options]
   *   TLS by a certificate; `clients`: the authority of those who may connect
   */
  async start({ certificate, clients, port: wanted = 0 } = {}) {
    const answer = (req, res) => {
      this.asked.push(req);
      this.act(req, res);
    };
    this.server = certificate
      ? https.createServer(
          {
            key: certificate.key,
            cert: certificate.cert,
            ...(clients && { ca: clients, requestCert: true, rejectUnauthorized: true }),
          },
          answer,
        )
      : http.createServer(answer);
    this.server.listen(wanted, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.server.address());
    this.url = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`;
    return this;
  }

  async stop() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/**
 * GUICHET_PROVIDERS_FILE for the providers of api-entreprise.
 * @param {Record<string, object>} providers by their id
 * @returns {Promise<{file: string, remove: () => Promise<void>}>}
 */
export async function providersFile(providers) {
  const folder = await mkdtemp(join(tmpdir(), 'guichet-providers-'));
  const file = join(folder, 'providers.json');
  await writeFile(file, JSON.stringify({ 'api-entreprise': providers }));
  return { file, remove: () => rm(folder, { recursive: true }) };
}
