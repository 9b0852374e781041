/**
 * Saves a request as it is typed: merge patches with If-Match, one at a time,
 * a second after the last key. What is not yet on the server is stored in the
 * tab (lib/drafts.js) and restored after a reload.
 *
 * A member that the server refuses is kept back with its error while the rest
 * is saved. When somebody else saved meanwhile, unedited members are replaced
 * silently and `onconflict` is asked about the others.
 */
import { ApiError, get, patch } from './api.js';
import { forget, recall, remember } from './drafts.js';
import { getIn, setIn } from './product-form.js';

const IDLE_MS = 1000;
const RETRY_MS = 5000;
const SET_BY_SERVER = new Set(['version', 'updated_at', 'permissions', 'unread_messages']);

/** @typedef {'saved' | 'saving' | 'waiting' | 'failed'} SaveState */
/** @typedef {{name: string, mine: unknown, theirs: unknown}} Conflict */
/** @typedef {[name: string, value: unknown][]} Members */

/** @type {Map<string, Autosave>} */
const open = new Map();

/** Waits until no change of this request is being sent. @param {string} id */
export async function settled(id) {
  await open.get(id)?.flush();
}

export class Autosave {
  /** @type {Promise<void> | null} the one run that sends */
  #run = null;
  /** Set by a flush during a run: the run then sends once more. */
  #again = false;
  #closed = false;

  /**
   * @param {object} options
   * @param {Contract['Request']} options.document  as the server gave it
   * @param {string | null} options.etag
   * @param {(state: SaveState, error: ApiError | null) => void} options.onstate
   * @param {(conflicts: Conflict[]) => Promise<Set<string>>} options.onconflict names whose own text wins
   * @param {() => void} options.onsaved
   * @param {() => void} options.onothers  others changed what is on the screen: draw it again
   */
  constructor({ document, etag, onstate, onconflict, onsaved, onothers }) {
    this.id = document.id;
    this.key = `request.${document.id}`;
    this.base = document;
    this.etag = etag;
    this.onstate = onstate;
    this.onconflict = onconflict;
    this.onsaved = onsaved;
    this.onothers = onothers;
    /** @type {Record<string, unknown>} not yet saved, by dotted name */
    this.pending = recall(this.key) ?? {};
    /** @type {Map<string, string>} refused members and why */
    this.refused = new Map();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    open.set(this.id, this);
    if (Object.keys(this.pending).length > 0) this.#plan(IDLE_MS);
  }

  /** The document with what was typed laid over it. */
  get current() {
    const copy = structuredClone(this.base);
    for (const [name, value] of Object.entries(this.pending)) setIn(copy, name, value);
    return copy;
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  change(name, value) {
    this.pending[name] = value;
    this.refused.delete(name);
    remember(this.key, this.pending);
    this.onstate('waiting', null);
    this.#plan(IDLE_MS);
  }

  /**
   * Sends pending members at once; resolves after the attempt. Calls during a run share it: of two
   * patches with the same ETag, the second would fail with 412.
   * @returns {Promise<void>}
   */
  flush() {
    clearTimeout(this.timer);
    this.#again = true;
    this.#run ??= this.#sendAll().finally(() => {
      this.#run = null;
    });
    return this.#run;
  }

  /** For a page that is left: sends pending members once, without retries; the next visit restores the rest. */
  close() {
    this.#closed = true;
    return this.flush();
  }

  async #sendAll() {
    while (this.#again) {
      this.#again = false;
      await this.#send();
    }
  }

  /** @param {number} delayMs */
  #plan(delayMs) {
    clearTimeout(this.timer);
    if (!this.#closed) this.timer = setTimeout(() => void this.flush(), delayMs);
  }

  /** @returns {Members} */
  #waiting() {
    return Object.entries(this.pending).filter(([name]) => !this.refused.has(name));
  }

  async #send() {
    const sent = this.#waiting();
    if (sent.length === 0) return;
    this.onstate('saving', null);
    /** @type {Contract['RequestPatch']} */
    const body = {};
    for (const [name, value] of sent) setIn(body, name, value);
    try {
      const options = { params: { id: this.id }, body, etag: this.etag };
      const { data, etag } = await patch('/v1/requests/{id}', options);
      this.#taken(sent, data, etag);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await this.#recover(error, sent);
    }
  }

  /**
   * @param {Members} sent
   * @param {Contract['Request']} document
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
   * @param {Members} sent
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
   * @param {Members} sent
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
    const { data, etag } = await get('/v1/requests/{id}', { params: { id: this.id } });
    if (data.view !== 'full') throw new ApiError('problem', { status: 403 });
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

/** A document without members that the server sets. @param {object} document */
function content(document) {
  return Object.fromEntries(Object.entries(document).filter(([name]) => !SET_BY_SERVER.has(name)));
}

/**
 * @param {unknown} a
 * @param {unknown} b
 */
function same(a, b) {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
