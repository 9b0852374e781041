// The parameter types of endpoints.json: which values they take, and one good value of each.

import { luhnDigit } from './sirets.mjs';

const passesLuhn = (digits) => luhnDigit(digits.slice(0, -1)) === digits.at(-1);
const digitSum = (digits) => [...digits].reduce((total, digit) => total + Number(digit), 0);

const isSiren = (value) => /^[0-9]{9}$/.test(value) && passesLuhn(value);

/** A SIRET: Luhn, or for La Poste a digit sum that is a multiple of 5; never all zeros. */
export function isSiret(value) {
  if (!/^[0-9]{14}$/.test(value) || /^0+$/.test(value)) return false;
  return passesLuhn(value) || (value.startsWith('356000000') && digitSum(value) % 5 === 0);
}

const KINDS = {
  siren: { good: '100000009', accepts: isSiren },
  siret: { good: '10000000900017', accepts: isSiret },
  rna: { good: 'W123456789', accepts: (value) => /^W[0-9]{9}$/.test(value) },
  eori: { good: 'FR10000000900017', accepts: (value) => /^[A-Z]{2}[A-Z0-9]{1,15}$/.test(value) },
  month: { good: '03', accepts: (value) => /^(0[1-9]|1[0-2])$/.test(value) },
  year: { good: '2023', accepts: (value) => /^[0-9]{4}$/.test(value) },
  fiscal_year: { good: '2023', accepts: (value) => /^[0-9]{4}$/.test(value) && value >= '2006' },
};

const CHARACTERS = { digits: /^[0-9]+$/, alphanumeric: /^[0-9A-Za-z]+$/, name: /^[\p{L} '’-]+$/u };

const kindsOfType = (type) => type.split('_or_');

function acceptsQuery(parameter, value) {
  const { type } = parameter;
  if (type === 'integer') return Number(value) >= parameter.min && Number(value) <= parameter.max;
  if (type === 'enum') return parameter.values.includes(value);
  if (type !== 'text') return KINDS[type].accepts(value);
  const length = [...value].length;
  return (
    length >= parameter.min_length &&
    length <= parameter.max_length &&
    CHARACTERS[parameter.characters].test(value)
  );
}

function goodQuery(parameter) {
  if (parameter.type === 'integer') return String(parameter.min);
  if (parameter.type === 'enum') return parameter.values[0];
  if (parameter.type !== 'text') return KINDS[parameter.type].good;
  return (parameter.characters === 'digits' ? '1' : 'a').repeat(parameter.min_length);
}

/** The keys that a sample's `params` may use: kinds of identifier, and names of the other parameters. */
export function identifierKinds(endpoint) {
  return [
    ...endpoint.path_parameters.flatMap(({ type, name }) =>
      KINDS[name] ? [name] : kindsOfType(type),
    ),
    ...endpoint.query_parameters.map(({ name }) => name),
  ];
}

/** Whether a call with this key and value passes the gateway's check of parameters. */
export function accepts(endpoint, key, value) {
  const query = endpoint.query_parameters.find(({ name }) => name === key);
  if (query) return acceptsQuery(query, value);
  return identifierKinds(endpoint).includes(key) && KINDS[key].accepts(value);
}

/** Valid calls of an endpoint: one for each kind of identifier that its path takes. */
export function identifiersOf(endpoint) {
  const query = Object.fromEntries(
    endpoint.query_parameters
      .filter(({ required }) => required)
      .map((parameter) => [parameter.name, goodQuery(parameter)]),
  );
  return endpoint.path_parameters.reduce(
    (calls, { name, type }) =>
      calls.flatMap((call) =>
        kindsOfType(type).map((kind) => ({
          ...call,
          [kindsOfType(type).length > 1 ? kind : name]: KINDS[kind].good,
        })),
      ),
    [query],
  );
}
