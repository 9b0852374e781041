// Products of a test's own: the files of the house with some members of product.json changed.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PRODUCTS = fileURLToPath(new URL('../../api/products', import.meta.url));

/**
 * @param {Record<string, (product: object) => object>} changes by id: what its product.json becomes
 * @returns {Promise<{env: {GUICHET_PRODUCTS_DIR: string}, remove: () => Promise<void>}>}
 */
export async function plantProducts(changes) {
  const folder = await mkdtemp('/tmp/guichet-products-');
  await cp(PRODUCTS, folder, { recursive: true });
  for (const [id, change] of Object.entries(changes)) {
    const file = join(folder, id, 'product.json');
    const product = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify(change(product)));
  }
  return {
    env: { GUICHET_PRODUCTS_DIR: folder },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
