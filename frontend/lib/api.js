/**
 * The only place that talks to the server. Knows problem+json, ETag, CSRF,
 * Idempotency-Key, timeouts and request ids; pages see data or an ApiError.
 */

const TIMEOUT_MS = 20_000;

/**
 * Options of any request; `ApiOptions` has those of one operation.
 * @typedef {ApiCommonOptions & {params?: Record<string, string | number>, query?: object, body?: unknown, bodyType?: string, accept?: string}} RequestOptions
 */

/** @typedef {{pointer: string, code: string, message: string}} FieldError */

/** Every failure of a request; `kind` says which. */
export class ApiError extends Error {
  /**
   * @param {'problem' | 'network' | 'timeout' | 'aborted'} kind
   * @param {{status?: number, problem?: Partial<Contract['Problem']> | null, requestId?: string | null, retryAfterS?: number | null}} [facts]
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
    for (const error of this.problem?.errors ?? []) {
      if (!fields.has(error.pointer)) fields.set(error.pointer, error);
    }
    return fields;
  }
}

/** @typedef {'session-expired' | 'recent-login'} LoginReason */

let csrfToken = /** @type {string | null} */ (null);
/** @type {(reason: LoginReason) => Promise<boolean>} */
let askLogin = async () => false;
let onAnswer = () => {};

/** @param {string | null} token */
export function setCsrfToken(token) {
  csrfToken = token;
}

/** Sets the function called after each 2xx answer. @param {() => void} listener */
export function onEachAnswer(listener) {
  onAnswer = listener;
}

/**
 * Sets the function that asks for the password when the session is over or too old
 * for an act; when it resolves to true, the request is sent again.
 * @param {(reason: LoginReason) => Promise<boolean>} ask
 */
export function onLoginNeeded(ask) {
  askLogin = ask;
}

export function newIdempotencyKey() {
  return crypto.randomUUID();
}

/**
 * Sends a request; every function below ends here.
 * @template T
 * @param {string} method
 * @param {string} template   a path of openapi.yaml
 * @param {RequestOptions} [options]
 * @returns {Promise<ApiResult<T>>}
 */
function request(method, template, options = {}) {
  return withLogin(() => send(method, template, options), options);
}

/**
 * @template T
 * @param {string} method
 * @param {string} template
 * @param {RequestOptions} options
 * @returns {Promise<ApiResult<T>>}
 */
async function send(method, template, options) {
  const deadline = startDeadline(options.signal);
  try {
    const response = await fetch(addressOf(template, options), {
      method,
      headers: headersOf(method, options),
      body: bodyOf(options.body),
      credentials: 'same-origin',
      redirect: 'error',
      signal: deadline.signal,
    });
    return settle(response.status, response.headers, await response.text());
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(deadline.reason());
  } finally {
    deadline.end();
  }
}

/**
 * Aborts after TIMEOUT_MS or with `signal`. `end` removes the listener from `signal`, which lives as
 * long as the page and is given to every request of it.
 * @param {AbortSignal} [signal]
 */
function startDeadline(signal) {
  const controller = new AbortController();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    controller.abort();
  }, TIMEOUT_MS);
  const abort = () => controller.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    /** @returns {'aborted' | 'timeout' | 'network'} why the request failed */
    reason() {
      if (signal?.aborted) return 'aborted';
      return timedOut ? 'timeout' : 'network';
    },
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    },
  };
}

/**
 * @template T
 * @param {() => Promise<ApiResult<T>>} attempt
 * @param {{quiet?: boolean}} options
 * @returns {Promise<ApiResult<T>>}
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
  if (error.status === 401) return 'session-expired';
  return error.is('recent-login-required') ? 'recent-login' : null;
}

/** @type {ApiCall<'get'>} */
export const get = (path, ...[options]) => request('GET', path, options);
/** @type {ApiCall<'post'>} */
export const post = (path, ...[options]) => request('POST', path, options);
/** @type {ApiCall<'patch'>} */
export const patch = (path, ...[options]) => request('PATCH', path, options);
/** @type {ApiCall<'put'>} */
export const put = (path, ...[options]) => request('PUT', path, options);
/** @type {ApiCall<'delete'>} */
export const del = (path, ...[options]) => request('DELETE', path, options);

/**
 * Reads a list as CSV text.
 * @template {ApiCsvPath} P
 * @param {P} path
 * @param {ApiArguments<ApiOperation<'get', P>>} rest
 * @returns {Promise<ApiResult<string | null>>}
 */
export function getCsv(path, ...[options]) {
  return request('GET', path, { ...options, accept: 'text/csv' });
}

/**
 * The bytes of a form, which are the same however often they are sent: a repeated request under one key has to be equal.
 * @param {FormData} form
 */
export async function encodeForm(form) {
  const encoded = new Response(form);
  return { type: encoded.headers.get('content-type') ?? '', bytes: await encoded.blob() };
}

/**
 * Uploads a file. By XMLHttpRequest, since fetch does not report progress.
 * @param {string} requestId
 * @param {{type: string, bytes: Blob}} form
 * @param {{onprogress?: (sentBytes: number, totalBytes: number) => void, signal?: AbortSignal, idempotencyKey?: string}} [options]
 * @returns {Promise<ApiResult<Contract['Attachment']>>}
 */
export function uploadAttachment(requestId, form, { onprogress, signal, idempotencyKey } = {}) {
  const options = {
    params: { id: requestId },
    body: form.bytes,
    bodyType: form.type,
    idempotencyKey,
  };
  return withLogin(
    () => sendFile('/v1/requests/{id}/attachments', options, onprogress, signal),
    {},
  );
}

/**
 * @template T
 * @param {ApiPath<'post'>} template
 * @param {RequestOptions & {body: Blob}} options
 * @param {((sentBytes: number, totalBytes: number) => void) | undefined} onprogress
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<ApiResult<T>>}
 */
function sendFile(template, options, onprogress, signal) {
  const xhr = new XMLHttpRequest();
  const abort = () => xhr.abort();
  signal?.addEventListener('abort', abort);
  return new Promise((resolve, reject) => {
    xhr.open('POST', addressOf(template, options));
    for (const [name, value] of Object.entries(headersOf('POST', options)))
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
    xhr.send(options.body);
  }).finally(() => signal?.removeEventListener('abort', abort));
}

/**
 * Reads a file of the frontend itself (texts, route list).
 * @template T
 * @param {URL} url
 * @returns {Promise<T>}
 */
export async function getAsset(url) {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new ApiError('network', { status: response.status });
  return response.json();
}

/**
 * @template T
 * @param {number} status
 * @param {Headers} headers
 * @param {string} text
 * @returns {ApiResult<T>}
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

/**
 * Parsed JSON; the contract says what it is, and a test compares every answer with it.
 * @template T
 * @param {string} text
 * @returns {T}
 */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('network');
  }
}

/**
 * The path with its parameters, and the query without empty values.
 * @param {string} template
 * @param {RequestOptions} options
 */
function addressOf(template, { params = {}, query = {} }) {
  const path = template.replace(/\{(\w+)\}/g, (_whole, name) =>
    encodeURIComponent(String(params[name])),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  return search.size > 0 ? `${path}?${search}` : path;
}

/**
 * @param {string} method
 * @param {RequestOptions} options
 */
function headersOf(method, options) {
  /** @type {Record<string, string>} */
  const headers = { Accept: options.accept ?? 'application/json' };
  if (options.body !== undefined) {
    const json = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    headers['Content-Type'] = options.bodyType ?? json;
  }
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken;
  if (options.etag) headers['If-Match'] = options.etag;
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey;
  return headers;
}

/** @param {unknown} body @returns {string | undefined} */
function bodyOf(body) {
  return body === undefined ? undefined : JSON.stringify(body);
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
