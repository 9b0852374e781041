/**
 * Polling: runs a function at an interval, one run at a time. Pauses while the window is hidden, runs at
 * once when it becomes visible, and ends when the page is left or `isWanted` says so.
 */

/**
 * @param {() => Promise<void>} run   handles its own failures
 * @param {{everyMs: number, signal: AbortSignal, isWanted: () => boolean}} options `isWanted` is asked
 *   before each turn: false ends it
 */
export function poll(run, { everyMs, signal, isWanted }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let running = false;
  let ended = false;

  async function turn() {
    clearTimeout(timer);
    if (running || ended || document.hidden) return;
    if (!isWanted()) return end();
    running = true;
    await run().finally(() => {
      running = false;
    });
    plan();
  }
  function plan() {
    if (!ended) timer = setTimeout(() => void turn(), everyMs);
  }
  function onVisibility() {
    if (!document.hidden) void turn();
  }
  function end() {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onVisibility);
    signal.removeEventListener('abort', end);
  }

  document.addEventListener('visibilitychange', onVisibility);
  signal.addEventListener('abort', end);
  plan();
}
