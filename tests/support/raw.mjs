// Bytes on a socket, for requests that no client library would send.
import net from 'node:net';

/**
 * Sends bytes and returns everything that comes until the server closes the connection.
 * @param {string} baseUrl
 * @param {string | Buffer | (string | Buffer)[]} bytes
 * @param {{half?: boolean, timeoutMs?: number, from?: string, encoding?: BufferEncoding}} [options] half: end our
 *   side after sending; from: the address of this machine to call from
 * @returns {Promise<{status: number, head: string, headers: Record<string, string>, body: string, text: string}>}
 *   status 0: closed without an answer; headers by their names in lower case
 */
export function exchange(
  baseUrl,
  bytes,
  { half = false, timeoutMs = 60_000, from, encoding = 'latin1' } = {},
) {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((done, failed) => {
    const chunks = [];
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = net.connect({ port: Number(port), host, localAddress: from }, () => {
      for (const part of [bytes].flat()) socket.write(part);
      if (half) socket.end();
    });
    const finish = () => {
      const text = Buffer.concat(chunks).toString(encoding);
      const at = text.indexOf('\r\n\r\n');
      const head = at < 0 ? text : text.slice(0, at);
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0);
      const headers = Object.fromEntries(
        [...head.matchAll(/^([\w-]+): (.*)$/gm)].map(([, name, value]) => [
          name.toLowerCase(),
          value.trim(),
        ]),
      );
      done({ status, head, headers, body: at < 0 ? '' : text.slice(at + 4), text });
    };
    socket.setTimeout(timeoutMs, () => {
      socket.destroy();
      failed(new Error(`no end of the answer in ${timeoutMs} ms: ${Buffer.concat(chunks)}`));
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? null : failed(error),
    );
    socket.on('close', finish);
  });
}

/** A request in HTTP/1.1 with `Connection: close`, as bytes. */
export function request(method, target, headers = {}, body = '') {
  const lines = Object.entries({ Host: 'localhost', Connection: 'close', ...headers });
  const length = body && !('Transfer-Encoding' in headers) && !('Content-Length' in headers);
  if (length) lines.push(['Content-Length', String(Buffer.byteLength(body))]);
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${target} HTTP/1.1\r\n${head}\r\n${body}`;
}
