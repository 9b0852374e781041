// A number in a file that a preloaded library reads (and may change) while a program runs.
import { copyFileSync, openSync, readSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chmodSync, writeFileSync } from 'node:fs';
import { PROGRAM } from '../support/server.mjs';

/**
 * @param {string} name of the library in build/tests
 * @param {string} variable that tells it the file
 */
export async function preload(name, variable) {
  // Where any user may read it: PostgreSQL runs as one of its own.
  const folder = await mkdtemp('/tmp/guichet-shim-');
  chmodSync(folder, 0o755);
  const library = join(folder, `${name}.so`);
  copyFileSync(join(dirname(PROGRAM), 'tests', `${name}.so`), library);
  const file = join(folder, 'number');
  writeFileSync(file, Buffer.alloc(8), { mode: 0o644 });
  const descriptor = openSync(file, 'r+');
  return {
    env: { LD_PRELOAD: library, [variable]: file },
    /** @param {number} value */
    set(value) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(value));
      writeSync(descriptor, bytes, 0, 8, 0);
    },
    get() {
      const bytes = Buffer.alloc(8);
      readSync(descriptor, bytes, 0, 8, 0);
      return Number(bytes.readBigInt64LE());
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
