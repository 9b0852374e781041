// Values for the schemas of openapi.yaml, as fast-check arbitraries: most fit, some are a little wrong.
import fc from 'fast-check';
import { resolve } from './openapi.mjs';

const DEEPEST = 5;

/** What no schema asks for and a hostile or careless caller sends all the same. */
export const hostile = fc.constantFrom(
  null,
  true,
  '',
  ' ',
  0,
  -1,
  1.5,
  1e308,
  9007199254740993,
  '\u0000',
  'a\r\nSet-Cookie: x=1',
  '<script>alert(1)</script>',
  "'; DROP TABLE account; --",
  '../../etc/passwd',
  '%00%2F..%25n%s',
  '\u202e\u200b\ufeff',
  '𝕏'.repeat(300),
  'x'.repeat(20_001),
  [],
  {},
  [[[[]]]],
  { $ref: '#' },
);

const FORMATS = {
  uuid: () => fc.uuid(),
  date: () => day,
  'date-time': () => instant.map((date) => date.toISOString()),
  uri: () =>
    fc.constantFrom('https://exemple.gouv.fr/texte', 'javascript:alert(1)', 'ftp://x', 'x'),
  'uri-reference': () => fc.constantFrom('/demandes', '//ailleurs.example/', '/\\ailleurs.example'),
};
const instant = fc.date({
  min: new Date('1970-01-01T00:00:00Z'),
  max: new Date('2100-01-01T00:00:00Z'),
  noInvalidDate: true,
});
const day = instant.map((date) => date.toISOString().slice(0, 10));

function textOf(schema) {
  if (schema.format in FORMATS) return FORMATS[schema.format]();
  const { minLength = 0, maxLength = 40 } = schema;
  // Patterns that only exclude characters are met by plain text.
  if (schema.pattern?.startsWith('^/(?!/)')) return FORMATS['uri-reference']();
  if (schema.pattern && !schema.pattern.startsWith('^[^')) {
    return fc.stringMatching(new RegExp(schema.pattern, 'u'), { size: 'small' });
  }
  return fc.string({ minLength, maxLength: Math.min(maxLength, 60), unit: 'grapheme' });
}

function objectOf(schema, depth) {
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => [
    name,
    arbitraryOf(member, depth + 1),
  ]);
  return fc.record(Object.fromEntries(members), { requiredKeys: schema.required ?? [] });
}

function typed(schema, type, depth) {
  const { minimum = -5, maximum = 100_000 } = schema;
  switch (type) {
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer({ min: minimum, max: maximum });
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}, depth + 1), { maxLength: 3 });
    case 'object':
      return objectOf(schema, depth);
    default:
      return hostile;
  }
}

/**
 * @param {object} given a schema of the contract
 * @param {number} [depth]
 * @returns {fc.Arbitrary<unknown>}
 */
export function arbitraryOf(given, depth = 0) {
  const schema = given.$ref ? resolve(given.$ref.slice(1)).node : given;
  if (depth > DEEPEST) return fc.constant(null);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return fc.oneof(...choices.map((choice) => arbitraryOf(choice, depth)));
  if (schema.allOf) {
    return fc
      .tuple(...schema.allOf.map((part) => arbitraryOf(part, depth)))
      .map((parts) => Object.assign({}, ...parts));
  }
  const types = [schema.type ?? (schema.properties ? 'object' : undefined)].flat();
  return fc.oneof(...types.map((type) => typed(schema, type, depth)));
}

/** A body that mostly fits its schema: now and then a member is wrong, missing or unknown. */
export function bodyOf(schema) {
  const fitting = arbitraryOf(schema);
  const bent = fc.tuple(fitting, fc.nat(), hostile).map(([body, at, value]) => {
    const names = Object.keys(Object(body));
    if (names.length === 0) return { ...Object(body), unknown_member: value };
    return { .../** @type {object} */ (body), [names[at % names.length]]: value };
  });
  return fc.oneof({ weight: 4, arbitrary: fitting }, { weight: 3, arbitrary: bent }, hostile);
}
