// What each endpoint of a product asks for, as HAProxy reads it: two maps from paths, and a backend with a
// rule for each set of scopes and each limit. Made from the answer of /v1/products/{product}/endpoints.

/** What a parameter of a path may look like; whether its number is right, the provider says. */
const SIREN = '[0-9]{9}';
const SIRET = '[0-9]{14}';
const RNA = 'W[0-9]{9}';
const FORMS = {
  siren: SIREN,
  siret: SIRET,
  rna: RNA,
  eori: '[A-Z]{2}[A-Z0-9]{1,15}',
  year: '[0-9]{4}',
  fiscal_year: '[0-9]{4}',
  month: '(0[1-9]|1[0-2])',
};
/** Calls a minute to what is no endpoint. */
const OTHER_LIMIT = 100;

/** The paths of an endpoint: nothing encoded, no dots, no slash in a value. */
export function patternOf({ path, path_parameters: parameters }) {
  const escaped = path.replace(/[.]/g, '\\.');
  const filled = parameters.reduce((text, { name, type }) => {
    const forms = FORMS[type] ? [FORMS[type]] : type.split('_or_').map((kind) => FORMS[kind]);
    return text.replace(`{${name}}`, `(${forms.join('|')})`);
  }, escaped);
  return `^${filled}$`;
}

/** Names of values that are met more than once, in the order of their first. */
class Names {
  #prefix;
  known = new Map();

  constructor(prefix) {
    this.#prefix = prefix;
  }

  of(key, value) {
    if (!this.known.has(key)) this.known.set(key, { name: this.#prefix + this.known.size, value });
    return this.known.get(key).name;
  }
}

/** "a" stands in the claims as a whole text; open_data for all that begin with it. */
const wordsOf = (scopes) =>
  scopes
    .flatMap((scope) => [`"\\"${scope}\\""`, ...(scope === 'open_data' ? ['"\\"open_data_"'] : [])])
    .join(' ');

/**
 * The files, by their names in GUICHET_DIR.
 * @param {string} product
 * @param {any[]} endpoints
 */
export function rightsOf(product, endpoints) {
  const rights = new Names('r');
  const limits = new Names('l');
  const rows = endpoints.map((endpoint) => {
    const { scopes_any_of: scopes, limit_group: group, limit_per_minute: most } = endpoint;
    return {
      pattern: patternOf(endpoint),
      right: rights.of(scopes.join(' '), scopes),
      limit: limits.of(endpoint.limit_shared_by_group ? group : endpoint.path, most),
    };
  });
  const limitRules = [...limits.known.values(), { name: 'other', value: OTHER_LIMIT }].map(
    ({ name, value }) =>
      `    http-request deny deny_status 429 if { var(txn.limit) -m str ${name} } { sc_http_req_rate(0) gt ${value} }`,
  );
  const rightRules = [...rights.known.values()]
    .filter(({ value }) => value.length > 0)
    .map(
      ({ name, value }) =>
        `    http-request deny deny_status 403 if { var(txn.rights) -m str ${name} } !{ var(txn.claims) -m sub ${wordsOf(value)} }`,
    );
  return {
    'rights.map': rows.map(({ pattern, right }) => `${pattern} ${right}\n`).join(''),
    'limits.map': rows.map(({ pattern, limit }) => `${pattern} ${limit}\n`).join(''),
    'rights.cfg': `# Written by haproxy_sync.mjs from the endpoints of ${product}.
backend provider
    stick-table type string len 64 size 1m expire 60s store http_req_rate(60s)
    http-request set-var(txn.rights) "path,map_reg(\${GUICHET_DIR}/rights.map)"
    http-request set-var(txn.limit) "path,map_reg(\${GUICHET_DIR}/limits.map,other)"
    http-request set-var(txn.counted) "var(txn.limit),concat(:,txn.jti)"
    http-request track-sc0 var(txn.counted)
${limitRules.join('\n')}
    http-request deny deny_status 401 if { var(txn.left) -m int le 0 }
    http-request deny deny_status 404 unless { var(txn.rights) -m found }
${rightRules.join('\n')}
    server one "\${GUICHET_UPSTREAM}"
`,
  };
}
