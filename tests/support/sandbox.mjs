// The sandbox's placeholders, as api/products/README.md states them.

import { luhnDigit } from './sirets.mjs';

const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/** Names between double braces in a payload. */
export const placeholdersOf = (payload) =>
  [...JSON.stringify(payload).matchAll(PLACEHOLDER)].map((match) => match[1]);

const headOffice = (siren) => `${siren}0001${luhnDigit(`${siren}0001`)}`;

function vatNumber(siren) {
  const key = (12 + 3 * (Number(siren) % 97)) % 97;
  return `FR${String(key).padStart(2, '0')}${siren}`;
}

/** What each placeholder stands for in one call. */
function values(endpoint, file, params, provider) {
  const sample = file.sample ?? {};
  const siren = params.siren ?? params.siret?.slice(0, 9) ?? sample.siren;
  const siret = params.siret ?? (siren && headOffice(siren));
  const names = endpoint.query_parameters.filter(
    ({ type, characters, required }) => required && (type !== 'text' || characters !== 'name'),
  );
  const all = {
    gateway: 'https://guichet.example/gateway/product',
    provider_code: provider.code,
    provider_name: provider.name,
    siren,
    siret,
    rna: params.rna ?? sample.rna,
    eori: params.eori ?? (siret && `FR${siret}`),
    tva: siren && vatNumber(siren),
    ...Object.fromEntries(['year', 'month'].map((name) => [name, params[name]])),
    ...Object.fromEntries(names.map(({ name }) => [name, params[name]])),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The answer that the sandbox gives to one call. */
export function render(payload, endpoint, file, params, provider) {
  const known = values(endpoint, file, params, provider);
  return JSON.parse(JSON.stringify(payload).replaceAll(PLACEHOLDER, (_, name) => known[name]));
}
render.values = values;
