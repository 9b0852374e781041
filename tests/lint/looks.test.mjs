// Whether staff's reads of a route are recorded is decided for each: a row of http/look.def, or a reason why not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { files, none, read } from './house.mjs';

/** Routes of people and programs whose path has a parameter, and which no look is recorded of. */
const NOT_RECORDED = {
  '/v1/clients/{id}': 'a program of one’s own',
  '/v1/exports/{id}': 'an export of one’s own; what it takes out is recorded when it is asked for',
  '/v1/exports/{id}/file': 'as above',
  '/v1/organisations/{siret}': 'what the public directory says, and counts',
  '/v1/organisations/{siret}/trusted-domains': 'names of domains',
  '/v1/products/{product}/templates': 'texts of the staff',
  '/v1/tokens/{id}/alerts': 'bounds and recipients that the owner set',
  '/v1/tokens/{id}/endpoints': 'what the product says',
  '/v1/tokens/{id}/limits': 'figures of the present minute',
  '/v1/webhooks/{id}': 'a webhook of one’s own',
  '/v1/webhooks/{id}/attempts': 'a webhook of one’s own',
};

const routes = files(/^api\/\w+\/routes\.def$/).flatMap((path) =>
  [...read(path).matchAll(/^ROUTE\((\w+), "([^"]+)", (\w+),/gm)].map(([, method, at, access]) => ({
    method,
    path: at,
    access,
  })),
);
const looks = [...read('api/http/look.def').matchAll(/^LOOK\("([^"]+)", "\w+", "(\w*)"/gm)];

test('each_read_of_something_of_somebody_is_recorded_or_says_why_not', () => {
  assert.ok(looks.length > 15);
  const known = new Set([...looks.map(([, path]) => path), ...Object.keys(NOT_RECORDED)]);
  const open = routes.filter(
    ({ method, path, access }) =>
      method === 'GET' && path.includes('{') && !['PUBLIC', 'CLIENT', 'GATEWAY'].includes(access),
  );
  assert.ok(open.length > 20);
  none(open.map(({ path }) => path).filter((path) => !known.has(path)));
});

test('each_row_names_a_route_and_a_parameter_of_its_path', () => {
  const reads = new Set(routes.filter(({ method }) => method === 'GET').map(({ path }) => path));
  const named = [...looks.map(([, path]) => path), ...Object.keys(NOT_RECORDED)];
  none(named.filter((path) => !reads.has(path)));
  none(looks.filter(([, path, name]) => name && !path.includes(`{${name}}`)).map(([row]) => row));
  none(named.filter((path, index) => named.indexOf(path) !== index));
});
