// Recurring jobs, run when a test wants them.
import { waitFor } from './wait.mjs';

/**
 * Lets the worker run a recurring job now, and waits until it has.
 * @param {{database: import('./database.mjs').Database}} server
 * @param {string} kind as in `api/worker/jobs.c`
 */
export async function runJob({ database }, kind) {
  const found = async (text) => (await database.sql(text)).length === 1;
  // One that runs has an attempt counted until it is over: what is made due meanwhile would be put off.
  const makeDue = `update job set run_at = now() where kind = '${kind}' and attempts = 0 returning 1`;
  const isOver = `select 1 from job where kind = '${kind}' and attempts = 0 and run_at > now()`;
  await waitFor(`the job ${kind} to rest`, () => found(makeDue));
  await waitFor(`the job ${kind} to have run`, () => found(isOver));
}
