// A client of the API as a browser is one: it keeps cookies, sends the CSRF token, and checks every
// single answer against openapi.yaml. Bytes that no client would send go through raw.mjs.
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkAnswer } from './openapi.mjs';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
// A connection that is kept is given up long before a server or proxy gives it up (20 s and more): else
// a request could meet its end.
const IDLE_MS = 5_000;

/** What came back. `expect` is the way to state the status: its failure shows the body. */
export class Answer {
  constructor(fields) {
    Object.assign(this, fields);
  }

  /** @returns {this} */
  expect(...statuses) {
    if (!statuses.includes(this.status)) {
      const shown = typeof this.body === 'string' ? this.body : JSON.stringify(this.body, null, 1);
      assert.fail(
        `${this.method} ${this.path}: ${statuses.join(' or ')} expected, ${this.status} came: ${shown}`,
      );
    }
    return this;
  }

  get etag() {
    return this.headers.etag;
  }

  /** The pointers of a problem's field errors, sorted. */
  get pointers() {
    return (this.body?.errors ?? []).map(({ pointer }) => pointer).sort();
  }

  /** `{pointer: code}` of a problem's field errors. */
  get codes() {
    return Object.fromEntries(
      (this.body?.errors ?? []).map(({ pointer, code }) => [pointer, code]),
    );
  }
}

/** @param {Buffer} bytes */
function decodeBody(bytes, type) {
  if (bytes.length === 0) return null;
  if (/[/+]json\b/.test(type)) return JSON.parse(bytes.toString('utf8'));
  return /^text\/|yaml|xml|javascript/.test(type) ? bytes.toString('utf8') : bytes;
}

async function encodeBody(body, headers) {
  if (body === undefined || body === null) return undefined;
  if (body instanceof FormData) {
    const form = new Response(body);
    headers['content-type'] ??= form.headers.get('content-type');
    return Buffer.from(await form.arrayBuffer());
  }
  if (body instanceof URLSearchParams) {
    headers['content-type'] ??= 'application/x-www-form-urlencoded';
    return Buffer.from(body.toString());
  }
  if (typeof body === 'string' || Buffer.isBuffer(body)) return Buffer.from(body);
  headers['content-type'] ??= 'application/json';
  return Buffer.from(JSON.stringify(body));
}

/**
 * Asks again where the answer is "not now" (503), when it was told to: for what many ask at once.
 * @param {() => Promise<Answer>} ask
 */
export async function patiently(ask) {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    if (answer.status !== 503 || tries === 20) return answer;
    await sleep(1000 * Number(answer.headers['retry-after']));
  }
}

export class Client {
  /** @type {Map<string, string>} */
  cookies = new Map();
  /** @type {string | null} */
  csrf = null;

  /**
   * @param {string} baseUrl
   * @param {{headers?: Record<string, string>}} [options] headers of every request
   */
  constructor(baseUrl, { headers = {} } = {}) {
    this.base = new URL(baseUrl);
    this.headers = headers;
    this.transport = this.base.protocol === 'https:' ? https : http;
    this.agent = new this.transport.Agent({ keepAlive: true, timeout: IDLE_MS });
  }

  get(path, options) {
    return this.request('GET', path, undefined, options);
  }

  post(path, body, options) {
    return this.request('POST', path, body, options);
  }

  put(path, body, options) {
    return this.request('PUT', path, body, options);
  }

  patch(path, body, options) {
    return this.request('PATCH', path, body, options);
  }

  delete(path, options) {
    return this.request('DELETE', path, undefined, options);
  }

  /**
   * @param {string} method
   * @param {string} path with its query, sent as it is
   * @param {unknown} [body] an object (sent as JSON), text or bytes (sent as they are), FormData
   * @param {{headers?: Record<string, string | null>, etag?: string, bearer?: string,
   *   idempotencyKey?: string}} [options] a null header is not sent
   * @returns {Promise<Answer>}
   */
  async request(method, path, body, options = {}) {
    const headers = { ...this.headers };
    if (this.cookies.size > 0) {
      headers.cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    }
    if (this.csrf && !SAFE.has(method)) headers['x-csrf-token'] = this.csrf;
    if (options.etag) headers['if-match'] = options.etag;
    if (options.bearer) headers.authorization = `Bearer ${options.bearer}`;
    if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      if (value === null) delete headers[name.toLowerCase()];
      else headers[name.toLowerCase()] = value;
    }
    const payload = await encodeBody(body, headers);
    if (payload) headers['content-length'] = String(payload.length);
    else if (!SAFE.has(method) && method !== 'DELETE') headers['content-length'] = '0';
    const answer = await this.#exchange(method, path, headers, payload);
    checkAnswer(answer);
    this.#remember(answer);
    return answer;
  }

  /**
   * Logs in; the cookie and the CSRF token stay with this client. While all hashers of passwords are
   * busy the answer is a 503: then it comes again when it was told to.
   */
  async logIn(email, password) {
    return (await patiently(() => this.post('/v1/session', { email, password }))).expect(201);
  }

  /** Ends the connections that are kept open. */
  close() {
    this.agent.destroy();
  }

  #exchange(method, path, headers, payload) {
    return new Promise((done, failed) => {
      const options = { method, path, headers, agent: this.agent, timeout: 60_000 };
      const request = this.transport.request(this.base, options, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', failed);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const { statusCode: status, headers: received } = response;
          try {
            const decoded = decodeBody(bytes, received['content-type'] ?? '');
            done(new Answer({ method, path, status, headers: received, bytes, body: decoded }));
          } catch (error) {
            failed(new Error(`${method} ${path} → ${status}: ${error.message}`, { cause: error }));
          }
        });
      });
      request.on('timeout', () =>
        request.destroy(new Error(`${method} ${path}: no answer in 60 s`)),
      );
      request.on('error', failed);
      request.end(payload);
    });
  }

  #remember(answer) {
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair, ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      const name = pair.slice(0, at).trim();
      if (attributes.some((attribute) => /^\s*max-age=(0|-)/i.test(attribute))) {
        this.cookies.delete(name);
      } else {
        this.cookies.set(name, pair.slice(at + 1).trim());
      }
    }
    if (answer.path.split('?')[0] === '/v1/session' && answer.body && 'csrf_token' in answer.body) {
      this.csrf = answer.body.csrf_token;
    }
  }
}
