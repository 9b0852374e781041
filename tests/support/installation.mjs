// An installation as api/deploy/README.md leaves it.
import { newCluster } from './cluster.mjs';
import { startServer } from './server.mjs';

/**
 * A PostgreSQL of its own, whose owner row-level security holds, and a program over it that is not started.
 * @param {{env?: Record<string, string>, dataDir?: string}} [options] as of `startServer`
 */
export async function install(options) {
  const made = await newCluster();
  await made.start();
  const owner = await made.prepareAsTheGuideSays();
  const env = { ...options?.env, GUICHET_DATABASE_OWNER_URL: owner };
  const program = await startServer({ ...options, env, database: made.database, start: false });
  return { made, program };
}
