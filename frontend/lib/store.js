/**
 * Who is logged in, for which organisation, with which roles. One store for
 * the page; other tabs are told of log-ins and log-outs.
 */
import * as api from './api.js';

const KEEP_FRESH_MS = 60_000;
const PREFERENCES = ['guichet.theme', 'guichet.language'];

class SessionStore extends EventTarget {
  constructor() {
    super();
    /** @type {Contract['Account'] | null} */
    this.account = null;
    /** @type {Contract['Membership'][]} */
    this.memberships = [];
    /** The password was accepted; the code of the second factor is still missing. */
    this.secondFactorPending = false;
    /** @type {number | null} time (ms) when the session ends if nothing is done */
    this.endsAtMs = null;
    /** @type {BroadcastChannel | null} */
    this.tabs = null;
    this.#loadedAtMs = 0;
  }

  /** @type {number} */
  #loadedAtMs;

  /** @type {string | null} whom the pages were drawn for */
  #person = null;

  /** The account of the person who is logged in; throws without one. */
  get me() {
    if (!this.account) throw new Error('nobody is logged in');
    return this.account;
  }

  get loggedIn() {
    return this.account !== null;
  }

  /** Follows the log-ins and log-outs of other tabs. */
  followOtherTabs() {
    this.tabs = new BroadcastChannel('guichet.session');
    this.tabs.addEventListener('message', () => void this.load());
  }

  /** Memberships that allow to act. */
  get active() {
    return this.memberships.filter((m) => m.state === 'active' || m.state === 'external');
  }

  /** The membership that the person acts for on screen. */
  get current() {
    return (
      this.active.find((m) => m.siret === this.account?.current_siret) ?? this.active[0] ?? null
    );
  }

  /** @returns {Contract['StaffRole'][]} */
  get roles() {
    return this.account?.roles ?? [];
  }

  /** @param {...Contract['Role']} names */
  hasRole(...names) {
    return this.roles.some((r) => names.includes(r.role));
  }

  get isStaff() {
    return this.hasRole('reporter', 'instructor', 'manager', 'admin');
  }

  async load() {
    this.#loadedAtMs = Date.now(); // its own answer must not cause another load
    const { data } = await api.get('/v1/session', { quiet: true });
    this.#take(data);
  }

  /** @param {{email: string, password: string}} credentials */
  async logIn(credentials) {
    const { data } = await api.post('/v1/session', { body: credentials, quiet: true });
    this.#take(data);
    this.tabs?.postMessage('changed');
  }

  /** @param {string} code of the application, or a recovery code */
  async giveSecondFactor(code) {
    const { data } = await api.post('/v1/session/second-factor', { body: { code }, quiet: true });
    this.#take(data);
    this.tabs?.postMessage('changed');
  }

  /** Returns the address at the identity provider that ends its session too, or null. */
  async logOut() {
    const kept = PREFERENCES.map((key) => ({ key, value: localStorage.getItem(key) }));
    const { headers } = await api.del('/v1/session', { quiet: true });
    // The answer emptied the storage (Clear-Site-Data); how the screens look says nothing of the person.
    for (const { key, value } of kept) if (value !== null) localStorage.setItem(key, value);
    this.#take({ account: null, memberships: [], csrf_token: null });
    this.tabs?.postMessage('changed');
    return /^<([^>]+)>; rel="logout"$/.exec(headers.get('link') ?? '')?.[1] ?? null;
  }

  /** Every answer prolongs the session: reads its new end, at most once a minute. */
  touched() {
    if (!this.loggedIn || Date.now() - this.#loadedAtMs < KEEP_FRESH_MS) return;
    this.#loadedAtMs = Date.now();
    void this.load().catch(() => {});
  }

  /** @param {Contract['SessionOrNobody']} data */
  #take(data) {
    this.account = data.account;
    this.memberships = data.account ? data.memberships : [];
    this.secondFactorPending = 'second_factor' in data && data.second_factor === 'pending';
    this.endsAtMs = data.account ? Date.parse(data.expires_at) : null;
    this.#loadedAtMs = Date.now();
    api.setCsrfToken(data.csrf_token);
    const person = this.account?.id ?? null;
    const otherPerson = !this.secondFactorPending && person !== this.#person;
    if (!this.secondFactorPending) this.#person = person;
    this.dispatchEvent(new CustomEvent('change', { detail: { otherPerson } }));
  }
}

export const session = new SessionStore();

api.onEachAnswer(() => session.touched());
