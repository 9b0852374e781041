// Recurring jobs, run when a test wants them.
import { waitFor } from './wait.mjs';

/**
 * Lets the worker run a job of an hour or more now, and waits until it has.
 * @param {import('./server.mjs').Server} server
 * @param {string} kind as in `api/worker/jobs.def`
 */
export async function runJob(server, kind) {
  // A claim holds a job for five minutes; afterwards it is due in an hour.
  const hasRun = () =>
    waitFor(`the job ${kind} to have run`, async () => {
      const [row] = await server.database.sql(
        `select 1 from job where kind = '${kind}' and run_at > now() + interval '10 minutes'`,
      );
      return row;
    });
  await hasRun();
  await server.database.sql(`update job set run_at = now() where kind = '${kind}'`);
  await hasRun();
}
