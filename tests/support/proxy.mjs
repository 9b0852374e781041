// An HTTP proxy of a test's own: it only knows CONNECT, and keeps what it was asked for.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

export class Proxy {
  /** Every CONNECT, as "host:port". */
  asked = [];
  /** Proxy-Authorization of the last one. */
  authorization;
  /** What the next ones are answered with: a status, or null for no answer at all. */
  status = 200;
  #open = new Set();

  /** @param {(target: string) => string} [route] where a target really is, as "host:port" */
  constructor(route = (target) => target) {
    this.route = route;
  }

  async start() {
    this.server = http.createServer((req, res) => res.writeHead(405).end());
    this.server.on('connection', (socket) => this.#keep(socket));
    this.server.on('connect', (req, socket, head) => this.#connect(req, socket, head));
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
    return this;
  }

  #keep(socket) {
    this.#open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#open.delete(socket));
  }

  #connect(req, socket, head) {
    this.asked.push(req.url);
    this.authorization = req.headers['proxy-authorization'];
    if (this.status === null) return;
    if (this.status !== 200) {
      socket.end(`HTTP/1.1 ${this.status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`tcp://${this.route(req.url)}`);
    const onward = net.connect(Number(port), hostname.replace(/^\[|\]$/g, ''), () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    this.#keep(onward);
    onward.on('error', () => socket.destroy());
  }

  async stop() {
    this.#open.forEach((socket) => socket.destroy());
    this.server.close();
    await once(this.server, 'close');
  }
}
