/**
 * Saves a document as it is typed: merge patches with If-Match, one at a time,
 * a second after the last key. What is not yet on the server is kept in the
 * tab (lib/drafts.js) and taken up again after a reload.
 *
 * A member that the server refuses is held back with its error while the rest
 * is saved. When somebody else saved meanwhile, untouched members are taken
 * over silently and `onconflict` is asked about the others.
 */
import { ApiError, get, patch } from './api.js';
import { getIn, setIn } from './product-form.js';
import { forget, recall, remember } from './drafts.js';

const REST_MS = 1000;
const RETRY_MS = 5000;
const OF_THE_SERVER = new Set(['version', 'updated_at', 'permissions', 'unread_messages']);

/** @typedef {'saved' | 'saving' | 'waiting' | 'failed'} SaveState */
/** @typedef {{name: string, mine: any, theirs: any}} Conflict */

/** @type {Map<string, Autosave>} */
const running = new Map();

/** Waits until nothing of this document is on its way. @param {string} path */
export async function settled(path) {
  await running.get(path)?.flush();
}

export class Autosave {
  /**
   * @param {object} options
   * @param {string} options.path       of the document
   * @param {any} options.document      as the server gave it
   * @param {string | null} options.etag
   * @param {(state: SaveState, error: ApiError | null) => void} options.onstate
   * @param {(conflicts: Conflict[]) => Promise<Set<string>>} options.onconflict names whose own text wins
   * @param {() => void} options.onsaved
   * @param {() => void} options.onothers  others changed what is on the screen: draw it again
   */
  constructor({ path, document, etag, onstate, onconflict, onsaved, onothers }) {
    this.path = path;
    this.key = `document.${path}`;
    this.base = document;
    this.etag = etag;
    this.onstate = onstate;
    this.onconflict = onconflict;
    this.onsaved = onsaved;
    this.onothers = onothers;
    /** @type {Record<string, any>} not yet saved, by dotted name */
    this.pending = recall(this.key) ?? {};
    /** @type {Map<string, string>} refused members and why */
    this.refused = new Map();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {Promise<void> | null} */
    this.sending = null;
    running.set(path, this);
    if (Object.keys(this.pending).length > 0) this.#plan(REST_MS);
  }

  /** The document with what was typed laid over it. */
  get current() {
    const copy = structuredClone(this.base);
    for (const [name, value] of Object.entries(this.pending)) setIn(copy, name, value);
    return copy;
  }

  /**
   * @param {string} name
   * @param {any} value
   */
  change(name, value) {
    this.pending[name] = value;
    this.refused.delete(name);
    remember(this.key, this.pending);
    this.onstate('waiting', null);
    this.#plan(REST_MS);
  }

  /** Sends at once what waits; the promise ends when it was tried. */
  async flush() {
    clearTimeout(this.timer);
    if (this.sending) await this.sending;
    this.sending = this.#send().finally(() => {
      this.sending = null;
    });
    await this.sending;
  }

  /** @param {number} delayMs */
  #plan(delayMs) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), delayMs);
  }

  #waiting() {
    return Object.entries(this.pending).filter(([name]) => !this.refused.has(name));
  }

  async #send() {
    const sent = this.#waiting();
    if (sent.length === 0) return;
    this.onstate('saving', null);
    const body = {};
    for (const [name, value] of sent) setIn(body, name, value);
    try {
      const { data, etag } = await patch(this.path, body, { etag: this.etag });
      this.#taken(sent, data, etag);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await this.#recover(error, sent);
    }
  }

  /**
   * @param {[string, any][]} sent
   * @param {any} document
   * @param {string | null} etag
   */
  #taken(sent, document, etag) {
    for (const [name, value] of sent) {
      if (this.pending[name] === value) delete this.pending[name];
    }
    this.base = document;
    this.etag = etag;
    this.#keep();
    this.onsaved();
    if (this.#waiting().length > 0) this.#plan(0);
    else this.onstate('saved', null);
  }

  /**
   * @param {ApiError} error
   * @param {[string, any][]} sent
   */
  async #recover(error, sent) {
    if (error.status === 412) return this.#merge();
    if (error.status === 422 && error.fields.size > 0) return this.#hold(error, sent);
    this.onstate('failed', error);
    if (error.kind !== 'problem' || error.status >= 500 || error.status === 429)
      this.#plan(RETRY_MS);
  }

  /**
   * @param {ApiError} error
   * @param {[string, any][]} sent
   */
  async #hold(error, sent) {
    for (const { pointer, message } of error.fields.values()) {
      const name = pointer.slice(1).replaceAll('/', '.');
      const own = sent.find(
        ([n]) => n === name || name.startsWith(`${n}.`) || n.startsWith(`${name}.`),
      );
      if (own) this.refused.set(own[0], message);
    }
    this.onstate('failed', error);
    const held = sent.some(([name]) => this.refused.has(name));
    if (held && this.#waiting().length > 0) await this.#send();
  }

  async #merge() {
    const { data, etag } = await get(this.path);
    const conflicts = Object.entries(this.pending)
      .filter(
        ([name, mine]) =>
          !same(getIn(data, name), getIn(this.base, name)) && !same(getIn(data, name), mine),
      )
      .map(([name, mine]) => ({ name, mine, theirs: getIn(data, name) }));
    const others = !same(content(data), content(this.base));
    this.base = data;
    this.etag = etag;
    if (conflicts.length > 0) {
      const keepMine = await this.onconflict(conflicts);
      for (const { name } of conflicts) if (!keepMine.has(name)) delete this.pending[name];
      this.#keep();
    }
    this.onsaved();
    if (this.#waiting().length === 0) this.onstate('saved', null);
    else await this.#send();
    if (others) this.onothers();
  }

  #keep() {
    if (Object.keys(this.pending).length > 0) remember(this.key, this.pending);
    else forget(this.key);
  }
}

/**
 * A document without what changes by itself.
 * @param {any} document
 */
function content(document) {
  return Object.fromEntries(Object.entries(document).filter(([name]) => !OF_THE_SERVER.has(name)));
}

/**
 * @param {any} a
 * @param {any} b
 */
function same(a, b) {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
