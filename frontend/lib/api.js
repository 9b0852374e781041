/**
 * The only place that talks to the server. Knows problem+json, ETag, CSRF,
 * Idempotency-Key, timeouts and request ids; pages see data or an ApiError.
 */

const TIMEOUT_MS = 20_000;

/**
 * @typedef {object} RequestOptions
 * @property {any} [body]                JSON value, or FormData
 * @property {Record<string, any>} [query] empty values are left out
 * @property {string | null} [etag]      sent as If-Match
 * @property {string} [idempotencyKey]   from newIdempotencyKey(), kept across retries
 * @property {AbortSignal} [signal]
 * @property {string} [accept]           default application/json
 * @property {boolean} [quiet]           a 401 is the caller's affair (log-in form)
 */

/**
 * @typedef {object} ApiResult
 * @property {any} data        parsed JSON, text for other types, null when empty
 * @property {number} status
 * @property {string | null} etag
 * @property {string | null} requestId
 * @property {Headers} headers
 */

/** @typedef {{pointer: string, code: string, message: string}} FieldError */

/** What went wrong, whatever it was: `kind` tells the pages' states apart. */
export class ApiError extends Error {
  /**
   * @param {'problem' | 'network' | 'timeout' | 'aborted'} kind
   * @param {{status?: number, problem?: any, requestId?: string | null, retryAfterS?: number | null}} [facts]
   */
  constructor(kind, { status = 0, problem = null, requestId = null, retryAfterS = null } = {}) {
    super(problem?.detail || problem?.title || kind);
    this.name = 'ApiError';
    this.kind = kind;
    this.status = status;
    /** @type {string} */
    this.type = problem?.type ?? '';
    /** @type {string} */
    this.title = problem?.title ?? '';
    /** @type {string} */
    this.detail = problem?.detail ?? '';
    /** @type {any} */
    this.problem = problem;
    /** @type {string | null} */
    this.requestId = problem?.request_id ?? requestId;
    this.retryAfterS = retryAfterS;
  }

  /** @param {string} slug the last part of the problem's type */
  is(slug) {
    return this.type.split('/').at(-1) === slug;
  }

  /** Field errors keyed by JSON pointer ("/contacts/technical/email"). */
  get fields() {
    /** @type {Map<string, FieldError>} */
    const fields = new Map();
    for (const error of /** @type {FieldError[]} */ (this.problem?.errors ?? [])) {
      if (!fields.has(error.pointer)) fields.set(error.pointer, error);
    }
    return fields;
  }
}

/** @typedef {'session-over' | 'recent-login'} LoginReason */

let csrfToken = /** @type {string | null} */ (null);
/** @type {(reason: LoginReason) => Promise<boolean>} */
let askLogin = async () => false;
let onAnswer = () => {};

/** @param {string | null} token */
export function setCsrfToken(token) {
  csrfToken = token;
}

/** Told after each good answer. @param {() => void} listener */
export function onEachAnswer(listener) {
  onAnswer = listener;
}

/**
 * Who asks for the password when the session is over or too old for an act; a
 * true answer has the request sent again, so that nobody types twice.
 * @param {(reason: LoginReason) => Promise<boolean>} ask
 */
export function onLoginNeeded(ask) {
  askLogin = ask;
}

export function newIdempotencyKey() {
  return crypto.randomUUID();
}

/**
 * @param {string} method
 * @param {string} path   begins with "/"
 * @param {RequestOptions} [options]
 * @returns {Promise<ApiResult>}
 */
export function request(method, path, options = {}) {
  return withLogin(() => send(method, path, options), options);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {RequestOptions} options
 * @returns {Promise<ApiResult>}
 */
async function send(method, path, options) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = options.signal ? anySignal(options.signal, timeout) : timeout;
  let response;
  let text;
  try {
    response = await fetch(addressOf(path, options.query), {
      method,
      headers: headersOf(method, options),
      body: bodyOf(options.body),
      credentials: 'same-origin',
      redirect: 'error',
      signal,
    });
    text = await response.text();
  } catch {
    if (options.signal?.aborted) throw new ApiError('aborted');
    throw new ApiError(timeout.aborted ? 'timeout' : 'network');
  }
  return settle(response.status, response.headers, text);
}

/**
 * @param {() => Promise<ApiResult>} attempt
 * @param {{quiet?: boolean}} options
 */
async function withLogin(attempt, { quiet }) {
  try {
    return await attempt();
  } catch (error) {
    const reason = error instanceof ApiError && !quiet ? loginReason(error) : null;
    if (reason && (await askLogin(reason))) return attempt();
    throw error;
  }
}

/**
 * @param {ApiError} error
 * @returns {LoginReason | null}
 */
function loginReason(error) {
  if (error.status === 401) return 'session-over';
  return error.is('recent-login-required') ? 'recent-login' : null;
}

/** @param {string} path @param {RequestOptions} [options] */
export const get = (path, options) => request('GET', path, options);
/** @param {string} path @param {any} [body] @param {RequestOptions} [options] */
export const post = (path, body, options) => request('POST', path, { ...options, body });
/** @param {string} path @param {any} body @param {RequestOptions} [options] */
export const patch = (path, body, options) => request('PATCH', path, { ...options, body });
/** @param {string} path @param {any} body @param {RequestOptions} [options] */
export const put = (path, body, options) => request('PUT', path, { ...options, body });
/** @param {string} path @param {RequestOptions} [options] */
export const del = (path, options) => request('DELETE', path, options);

/**
 * Sends a file with its progress, which fetch cannot tell.
 * @param {string} path
 * @param {FormData} form
 * @param {{onprogress?: (sentBytes: number, totalBytes: number) => void, signal?: AbortSignal}} [options]
 * @returns {Promise<ApiResult>}
 */
export function upload(path, form, { onprogress, signal } = {}) {
  return withLogin(() => sendFile(path, form, onprogress, signal), {});
}

/**
 * @param {string} path
 * @param {FormData} form
 * @param {((sentBytes: number, totalBytes: number) => void) | undefined} onprogress
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<ApiResult>}
 */
function sendFile(path, form, onprogress, signal) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', path);
    for (const [name, value] of Object.entries(headersOf('POST', { body: form })))
      xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = (event) => onprogress?.(event.loaded, event.total);
    xhr.onload = () => {
      try {
        resolve(settle(xhr.status, parseHeaders(xhr.getAllResponseHeaders()), xhr.responseText));
      } catch (error) {
        reject(error);
      }
    };
    xhr.onerror = () => reject(new ApiError('network'));
    xhr.onabort = () => reject(new ApiError('aborted'));
    signal?.addEventListener('abort', () => xhr.abort(), { once: true });
    xhr.send(form);
  });
}

/**
 * Reads a file of the frontend itself (texts, route list).
 * @param {URL} url
 */
export async function getAsset(url) {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new ApiError('network', { status: response.status });
  return response.json();
}

/**
 * @param {number} status
 * @param {Headers} headers
 * @param {string} text
 * @returns {ApiResult}
 */
function settle(status, headers, text) {
  const requestId = headers.get('x-request-id');
  const type = headers.get('content-type') ?? '';
  const data = /[/+]json\b/.test(type) && text !== '' ? parseJson(text) : text || null;
  if (status >= 200 && status < 300) {
    onAnswer();
    return { data, status, etag: headers.get('etag'), requestId, headers };
  }
  throw new ApiError('problem', {
    status,
    problem: data && typeof data === 'object' ? data : null,
    requestId,
    retryAfterS: Number(headers.get('retry-after')) || null,
  });
}

/** @param {string} text */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('network');
  }
}

/**
 * @param {string} path
 * @param {Record<string, any>} [query]
 */
function addressOf(path, query) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const search = params.toString();
  return search ? `${path}?${search}` : path;
}

/**
 * @param {string} method
 * @param {RequestOptions} options
 */
function headersOf(method, options) {
  /** @type {Record<string, string>} */
  const headers = { Accept: options.accept ?? 'application/json' };
  if (options.body !== undefined && !(options.body instanceof FormData)) {
    headers['Content-Type'] =
      method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  }
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken;
  if (options.etag) headers['If-Match'] = options.etag;
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey;
  return headers;
}

/** @param {any} body */
function bodyOf(body) {
  if (body === undefined || body instanceof FormData) return body;
  return JSON.stringify(body);
}

/**
 * `AbortSignal.any` for browsers that do not have it yet.
 * @param {...AbortSignal} signals
 */
function anySignal(...signals) {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort();
    signal.addEventListener('abort', () => controller.abort(), { once: true });
  }
  return controller.signal;
}

/** @param {string} raw */
function parseHeaders(raw) {
  const headers = new Headers();
  for (const line of raw.trim().split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return headers;
}
