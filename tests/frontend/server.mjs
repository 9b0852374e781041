// A server for lib/api.js: answers in turn, and what was asked of it.

/**
 * @typedef {{method: string, path: string, headers: Headers, body: any}} Asked
 * @typedef {(asked: Asked) => Response | Promise<Response>} Answer
 */

/** @param {unknown} data @param {{status?: number, headers?: Record<string, string>}} [options] */
export function json(data, { status = 200, headers = {} } = {}) {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  return new Response(JSON.stringify(data), {
    status,
    headers: { 'Content-Type': type, ...headers },
  });
}

/**
 * From now on `fetch` is this server; each request takes the next answer, the last one for ever.
 * @param {...Answer} answers
 */
export function serve(...answers) {
  /** @type {Asked[]} */
  const asked = [];
  globalThis.fetch = async (path, { method, headers, body, signal }) => {
    const request = {
      method,
      path,
      headers: new Headers(headers),
      body: typeof body === 'string' ? JSON.parse(body) : body,
    };
    asked.push(request);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return new Promise((resolve, reject) => {
      const abort = () => reject(new DOMException('aborted', 'AbortError'));
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort);
      void Promise.resolve()
        .then(() => answer(request))
        .then(resolve, reject);
    });
  };
  return asked;
}

/** `sessionStorage` as a Map. */
export function storage() {
  const kept = new Map();
  globalThis.sessionStorage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
  return kept;
}
