/** An example call for a token, as a command line that works when copied. */
import { get } from './api.js';
import { t } from './i18n.js';

/** Subjects of the call: never the caller's own organisation, which the gateway refuses (00211). */
const SIRETS = ['13002526500013', '21690123100011'];
const SIREN_DIGITS = 9;
const BIRTH_YEAR = '1980';

/** @param {Contract['Token']} token */
export async function exampleLine(token) {
  const { data } = await get('/v1/tokens/{id}/endpoints', {
    params: { id: token.id },
    query: { limit: 100 },
  });
  const endpoint = data.items.find(isSimple) ?? data.items[0];
  const address = `${location.origin}/gateway/${token.product}${endpoint ? called(endpoint, token) : '/privileges'}`;
  return `curl --header "Authorization: Bearer $GUICHET_TOKEN" '${address}'`;
}

/** @param {Contract['Endpoint']} endpoint */
const isSimple = (endpoint) => endpoint.path_parameters.length === 1;

/**
 * @param {Contract['Endpoint']} endpoint
 * @param {Contract['Token']} token
 */
function called(endpoint, token) {
  const siret = SIRETS.find((s) => siren(s) !== siren(token.siret)) ?? SIRETS[0];
  let path = endpoint.path;
  for (const { name, type } of endpoint.path_parameters)
    path = path.replace(`{${name}}`, pathValue(type, siret));
  const own = endpoint.query_parameters.filter((p) => p.required);
  const query = new URLSearchParams({
    ...Object.fromEntries(own.map((p) => [p.name, queryValue(p)])),
    context: t('token.example_context'),
    object: t('token.example_object'),
    recipient: token.siret,
  });
  return `${path}?${query}`.replaceAll('+', '%20');
}

/** @param {string} siret */
const siren = (siret) => siret.slice(0, SIREN_DIGITS);

/**
 * @param {string} type
 * @param {string} siret
 */
function pathValue(type, siret) {
  if (type === 'month') return '01';
  if (type.endsWith('year')) return String(new Date().getFullYear() - 1);
  return type.startsWith('siren') ? siren(siret) : siret;
}

/** @param {Contract['Endpoint']['query_parameters'][number]} parameter */
function queryValue({ type, values, min, min_length: length, characters }) {
  if (type === 'enum') return values?.[0] ?? '';
  if (type === 'integer') return String(min ?? 1);
  if (type === 'month') return '01';
  if (type === 'year') return BIRTH_YEAR;
  return characters === 'name' ? 'Martin' : '1'.repeat(length ?? 1);
}
