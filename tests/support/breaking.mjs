// What a change of the contract takes from programs that were written against an older one. A way of
// its own to say it would be easy to agree with: each finding is a sentence that names the place.
//
// Of a request: what was accepted must be. Of an answer: what was promised must come, and nothing that
// a reader was not told of in a closed list (`x-open-enum` says that a list is open). New operations, optional members and wider requests pass.

const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'];
const BOUNDS = {
  // name: is the new value narrower?
  maxLength: (before, now) => now < (before ?? Infinity),
  maxItems: (before, now) => now < (before ?? Infinity),
  maximum: (before, now) => now < (before ?? Infinity),
  minLength: (before, now) => now > (before ?? 0),
  minItems: (before, now) => now > (before ?? 0),
  minimum: (before, now) => now > (before ?? -Infinity),
  pattern: (before, now) => now !== before,
};

/** Follows `$ref` inside of its own document. */
function follow(document, node) {
  let at = node;
  for (let depth = 0; at?.$ref && depth < 20; depth++) {
    at = at.$ref
      .split('/')
      .slice(1)
      .reduce((inner, key) => inner?.[key.replace(/~1/g, '/').replace(/~0/g, '~')], document);
  }
  return at ?? {};
}

class Comparison {
  /** @type {string[]} */
  findings = [];
  #seen = new Set();

  constructor(before, now) {
    this.before = before;
    this.now = now;
  }

  find(where, what) {
    this.findings.push(`${where}: ${what}`);
  }

  pair(before, now) {
    return [follow(this.before, before), follow(this.now, now)];
  }

  /** All members of a schema, those of its `allOf` included. */
  #members(document, schema) {
    const parts = [schema, ...(schema.allOf ?? []).map((part) => follow(document, part))];
    const nested = parts.slice(1).map((part) => this.#members(document, part));
    return {
      properties: Object.assign({}, schema.properties, ...nested.map((one) => one.properties)),
      required: new Set([
        ...(schema.required ?? []),
        ...nested.flatMap((one) => [...one.required]),
      ]),
    };
  }

  /** @param {'request' | 'response'} side */
  schema(where, side, beforeNode, nowNode) {
    const key = `${side} ${beforeNode?.$ref ?? where} ${nowNode?.$ref ?? ''}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const [before, now] = this.pair(beforeNode, nowNode);
    this.#types(where, side, before, now);
    this.#values(where, side, before, now);
    this.#object(where, side, before, now);
    if (before.items && now.items) this.schema(`${where}[]`, side, before.items, now.items);
    for (const way of ['oneOf', 'anyOf']) this.#choices(where, side, way, before, now);
  }

  #types(where, side, before, now) {
    const [were, are] = [before.type, now.type].map((type) => new Set([type ?? []].flat()));
    if (were.size === 0 && are.size === 0) return;
    const [wider, narrower] = side === 'request' ? [are, were] : [were, are];
    // Any type fits where none is stated.
    const lost = wider.size === 0 ? [] : [...narrower].filter((type) => !wider.has(type));
    if (lost.length > 0 || (narrower.size === 0 && wider.size > 0)) {
      this.find(
        where,
        `type ${[...were].join('|') || 'any'} became ${[...are].join('|') || 'any'}`,
      );
    }
    if (before.format !== now.format && side === 'response' && before.format) {
      this.find(where, `format ${before.format} became ${now.format ?? 'none'}`);
    }
  }

  #values(where, side, before, now) {
    const [were, are] = [before, now].map((schema) =>
      schema.const !== undefined ? [schema.const] : schema.enum,
    );
    if (side === 'request') {
      const lost = are ? (were ?? ['any other']).filter((value) => !are.includes(value)) : [];
      lost.forEach((value) => this.find(where, `value ${value} is no longer accepted`));
      for (const [name, isNarrower] of Object.entries(BOUNDS)) {
        if (now[name] !== undefined && isNarrower(before[name], now[name])) {
          this.find(where, `${name} ${before[name] ?? 'none'} became ${now[name]}`);
        }
      }
    } else if (were && !before['x-open-enum']) {
      const fresh = are ? are.filter((value) => !were.includes(value)) : ['any other'];
      fresh.forEach((value) => this.find(where, `value ${value} may come now`));
    }
  }

  #object(where, side, beforeSchema, nowSchema) {
    const before = this.#members(this.before, beforeSchema);
    const now = this.#members(this.now, nowSchema);
    for (const [name, node] of Object.entries(before.properties)) {
      const here = `${where}.${name}`;
      if (!(name in now.properties)) this.find(here, 'is gone');
      else this.schema(here, side, node, now.properties[name]);
    }
    if (side === 'request') {
      const asked = [...now.required].filter((name) => !before.required.has(name));
      asked.forEach((name) => this.find(`${where}.${name}`, 'is required now'));
    } else {
      const promised = [...before.required].filter((name) => name in now.properties);
      promised
        .filter((name) => !now.required.has(name))
        .forEach((name) => this.find(`${where}.${name}`, 'is no longer promised'));
    }
  }

  // Alternatives have no names: they are compared in their order.
  #choices(where, side, way, before, now) {
    const [were, are] = [before[way] ?? [], now[way] ?? []];
    were.forEach((node, index) => {
      if (are[index]) this.schema(`${where}|${index}`, side, node, are[index]);
      else if (side === 'request') this.find(`${where}|${index}`, 'alternative is gone');
    });
    if (side === 'response' && were.length > 0) {
      are.slice(were.length).forEach((_, index) => {
        this.find(`${where}|${were.length + index}`, 'alternative may come now');
      });
    }
  }

  content(where, side, before = {}, now = {}) {
    for (const [type, media] of Object.entries(before)) {
      if (!now[type]) this.find(`${where} ${type}`, 'is gone');
      else if (media.schema) this.schema(`${where} ${type}`, side, media.schema, now[type].schema);
    }
  }

  parameters(where, before, now) {
    const list = (document, nodes) => (nodes ?? []).map((node) => follow(document, node));
    const named = new Map(
      list(this.now, now).map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]),
    );
    for (const parameter of list(this.before, before)) {
      const name = `${parameter.in} ${parameter.name}`;
      const other = named.get(name);
      named.delete(name);
      const here = `${where} ${name}`;
      if (!other) {
        this.find(here, 'is gone');
        continue;
      }
      if (other.required && !parameter.required) this.find(here, 'is required now');
      this.schema(here, 'request', parameter.schema, other.schema);
    }
    for (const [name, { required }] of named) {
      if (required) this.find(`${where} ${name}`, 'is new and required');
    }
  }

  security(where, before, now) {
    const ways = (list) => (list ?? []).map((way) => JSON.stringify(way));
    const are = ways(now);
    if (are.length === 0) return;
    const open = ways(before);
    if (open.length === 0) this.find(where, 'asks for a credential now');
    const lost = open.filter((way) => !are.includes(way));
    lost.forEach((way) => this.find(where, `credential ${way} no longer opens it`));
  }

  operation(where, before, now) {
    this.parameters(where, before.parameters, now.parameters);
    this.security(where, before.security, now.security);
    const [body, other] = this.pair(before.requestBody, now.requestBody);
    if (other.required && !body.required) this.find(`${where} body`, 'is required now');
    this.content(`${where} body`, 'request', body.content, other.content);
    for (const [status, node] of Object.entries(before.responses ?? {})) {
      const here = `${where} → ${status}`;
      if (!now.responses?.[status]) {
        // A refusal that no longer comes hurts nobody.
        if (/^[23]/.test(status)) this.find(here, 'is gone');
        continue;
      }
      const [answer, current] = this.pair(node, now.responses[status]);
      this.content(here, 'response', answer.content, current.content);
      for (const name of Object.keys(answer.headers ?? {})) {
        if (!current.headers?.[name]) this.find(`${here} header ${name}`, 'is gone');
      }
    }
  }
}

/**
 * Everything that breaks programs written against `before`, as sentences; none where nothing does.
 * @param {object} before a parsed OpenAPI document
 * @param {object} now
 * @returns {string[]}
 */
export function breakingChanges(before, now) {
  const comparison = new Comparison(before, now);
  for (const [path, item] of Object.entries(before.paths ?? {})) {
    for (const method of METHODS.filter((name) => item[name])) {
      const where = `${method.toUpperCase()} ${path}`;
      const other = now.paths?.[path]?.[method];
      if (!other) comparison.find(where, 'is gone');
      else comparison.operation(where, item[method], other);
    }
  }
  return comparison.findings;
}
