// Ports for programs that are told theirs. None that the kernel gives away by itself (to whatever
// listens on port 0 or calls out), and none that another process of the tests has: between the choice of
// a port and the start of the program nobody else takes it.
import { once } from 'node:events';
import net from 'node:net';

const FIRST = 11_000;
const BLOCK = 64;
const BLOCKS = 340;

/** @returns {Promise<net.Server | undefined>} undefined where something listens there */
async function tryListen(port) {
  const server = net.createServer();
  const listening = once(server, 'listening');
  server.listen(port, '127.0.0.1');
  return listening.then(
    () => server,
    (error) => {
      if (error.code === 'EADDRINUSE') return undefined;
      throw error;
    },
  );
}

// The process that listens on the first port of a block has the rest of it, as long as the process lives.
async function takeBlock() {
  const start = Math.floor(Math.random() * BLOCKS);
  for (let i = 0; i < BLOCKS; i++) {
    const port = FIRST + ((start + i) % BLOCKS) * BLOCK;
    const guard = await tryListen(port);
    if (guard) {
      guard.unref();
      return port;
    }
  }
  throw new Error('no block of ports is free');
}

let block;
let given = 0;

/** A port where nothing listens, and that no other test is given meanwhile. */
export async function freePort() {
  const first = await (block ??= takeBlock());
  for (let i = 1; i < BLOCK; i++) {
    const port = first + 1 + (given++ % (BLOCK - 1));
    const probe = await tryListen(port);
    if (probe) {
      probe.close();
      await once(probe, 'close');
      return port;
    }
  }
  throw new Error('no port of this process is free');
}
