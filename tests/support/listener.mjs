// A program that receives webhooks: keeps what came, answers as it is told.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { waitFor } from './wait.mjs';

export class Listener {
  /** @type {{headers: Record<string, string>, body: string, event: object}[]} */
  received = [];
  /** What the next calls are answered with. */
  answer = { status: 204, body: '', headers: {} };

  /** @param {{certificate?: {key: Buffer, cert: Buffer}}} [options] TLS by a certificate */
  async start({ certificate } = {}) {
    const receive = (request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        this.received.push({ headers: request.headers, body, event: JSON.parse(body) });
        const { status, body: text = '', headers = {} } = this.answer;
        response.writeHead(status, headers).end(text);
      });
    };
    this.server = certificate
      ? https.createServer({ key: certificate.key, cert: certificate.cert }, receive)
      : http.createServer(receive);
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `${certificate ? 'https' : 'http'}://127.0.0.1:${this.server.address().port}/hook`;
    return this;
  }

  /** Waits for an event of this name that the predicate takes. */
  take(name, accepts = () => true) {
    return waitFor(`event ${name}`, () =>
      this.received.find(({ event }) => event.event === name && accepts(event)),
    );
  }

  async stop() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** The hexadecimal signatures of X-Guichet-Signature, and the time they were made. */
export function readSignature(header) {
  const parts = header.split(',').map((part) => part.split('='));
  return {
    at: Number(parts.find(([name]) => name === 't')[1]),
    signatures: parts.filter(([name]) => name === 'v1').map(([, value]) => value),
  };
}

/** What a secret makes of a message, as the contract says. */
export function sign(secret, at, body) {
  return createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
}
