// The products are data: what the program and the screens trust about them is proven here.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { accepts, identifierKinds, identifiersOf, isSiret } from '../support/identifiers.mjs';
import { placeholdersOf, render } from '../support/sandbox.mjs';

const FOLDER = new URL('../../api/products/', import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'));
const names = (path, type) =>
  readdirSync(new URL(path, FOLDER), { withFileTypes: true })
    .filter((entry) => entry[type]())
    .map((entry) => entry.name);

const ajv = addFormats(
  new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false }),
);
const validators = Object.fromEntries(
  ['product', 'endpoints', 'sandbox', 'former'].map((name) => [
    name,
    ajv.compile(read(`${name}.schema.json`)),
  ]),
);

function holds(validate, value, where) {
  assert.ok(validate(value), `${where}: ${ajv.errorsText(validate.errors, { separator: '\n' })}`);
}

function unique(list, where) {
  assert.deepEqual(list, [...new Set(list)], `${where} has duplicates`);
}

function within(list, known, where) {
  assert.deepEqual(
    list.filter((id) => !known.includes(id)),
    [],
    `${where} names what does not exist`,
  );
}

const contract = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'))
  .components.schemas;
const CONTACT_MEMBERS = contract.ContactPatch.properties;

/** What an applicant may change in a request, by path, as the contract has it. */
const REQUEST_MEMBERS = Object.fromEntries(
  Object.entries(contract.RequestPatch.properties).flatMap(([name, schema]) =>
    schema.properties
      ? Object.entries(schema.properties).map(([part, inner]) => [`${name}.${part}`, inner])
      : [[name, schema]],
  ),
);

const member = (object, path) => path.split('.').reduce((value, key) => value?.[key], object);

function isRequired(field, values, sensitive) {
  const rule = field.required_when;
  if (field.required) return true;
  if (rule?.greater_than !== undefined) return member(values, rule.field) > rule.greater_than;
  return rule?.any_scope === 'sensitive' && sensitive.length > 0;
}

/** Required fields of the read-only blocks that the use case leaves empty. */
function missingInReadOnlyBlocks(product, useCase) {
  const granted = product.scopes.filter(
    ({ id, open_data }) => open_data || useCase.preselected_scopes.includes(id),
  );
  const sensitive = granted.filter((scope) => scope.sensitive).map(({ id }) => id);
  const values = { ...useCase.defaults, scopes: granted.map(({ id }) => id) };
  return product.form.blocks
    .filter(({ id }) => useCase.read_only_blocks.includes(id))
    .flatMap(({ fields }) => fields)
    .filter((field) => isRequired(field, values, sensitive))
    .filter(({ name, type }) => {
      const value = member(values, name);
      if (type === 'scope_justifications') return sensitive.some((id) => !value?.[id]);
      return value === undefined || value === null || value.length === 0;
    })
    .map(({ name }) => name);
}

const covers = (earlier, later) =>
  Object.entries(earlier.params).every(([key, value]) => later.params[key] === value);

for (const folder of names('', 'isDirectory')) {
  const product = read(`${folder}/product.json`);
  const catalogue = read(`${folder}/endpoints.json`);
  const shapes = { ...read(`${folder}/shapes.json`), $id: `shapes:${folder}` };
  ajv.addSchema(shapes);
  const scopes = product.scopes.map(({ id }) => id);
  const providers = new Map(catalogue.providers.map((provider) => [provider.id, provider]));
  const blocks = product.form.blocks.map(({ id }) => id);
  const fields = product.form.blocks.flatMap((block) => block.fields);

  describe(`product ${folder}`, () => {
    it('holds the schemas and names itself after its folder', () => {
      holds(validators.product, product, 'product.json');
      holds(validators.endpoints, catalogue, 'endpoints.json');
      assert.equal(product.id, folder);
      assert.equal(catalogue.product, folder);
    });

    it('says what the form of DataPass is here, in names that exist here', () => {
      const former = read(`${folder}/datapass.json`);
      holds(validators.former, former, 'datapass.json');
      const contacts = fields.filter(({ type }) => type === 'contact');
      const pointers = [
        ...fields.map(({ name }) => name),
        ...contacts.flatMap(({ name }) =>
          product.form.contact_fields.map((part) => `${name}.${part.name}`),
        ),
      ].map((name) => `/${name.replaceAll('.', '/')}`);
      const named = (members) => Object.values(members).filter((value) => value !== null);
      within(named(former.fields), pointers, 'fields');
      within(named(former.scopes), scopes, 'scopes');
      within(
        named(former.use_cases),
        product.use_cases.map(({ id }) => id),
        'use_cases',
      );
      within(Object.keys(former.defaults), Object.keys(former.fields), 'defaults');
      // A scope that was open to everybody never becomes one that was not.
      const open = new Set(product.scopes.filter((scope) => scope.open_data).map(({ id }) => id));
      for (const [old, id] of Object.entries(former.scopes)) {
        assert.ok(id === null || !old.startsWith('open_data') || open.has(id), old);
      }
    });

    it('names each thing once', () => {
      unique(scopes, 'scopes');
      unique(
        product.use_cases.map(({ id }) => id),
        'use_cases',
      );
      unique(blocks, 'blocks');
      unique(
        fields.map(({ name }) => name),
        'fields',
      );
      unique(
        [...providers.values()].map(({ code }) => code),
        'provider codes',
      );
      unique(
        catalogue.endpoints.map(({ id }) => id),
        'endpoints',
      );
      unique(
        catalogue.endpoints.map(({ path }) => path.replaceAll(/\{\w+\}/g, '{}')),
        'paths',
      );
    });

    it('asks for the members that the contract has, within its limits', () => {
      const byName = (list) => list.map(({ name }) => name).sort();
      assert.deepEqual(byName(fields), Object.keys(REQUEST_MEMBERS).sort());
      assert.deepEqual(byName(product.form.contact_fields), Object.keys(CONTACT_MEMBERS).sort());
      for (const field of fields.filter(({ type }) => type === 'integer')) {
        const { minimum, maximum } = REQUEST_MEMBERS[field.name];
        assert.deepEqual([field.min, field.max], [minimum, maximum], field.name);
      }
      for (const list of [fields, product.form.contact_fields]) {
        const rules = list.flatMap(({ required_when: rule }) => rule?.field ?? []);
        within(rules, byName(list), 'required_when');
      }
    });

    it('gives each scope a provider that exists', () => {
      within(
        product.scopes.map(({ provider }) => provider).filter(Boolean),
        [...providers.keys()],
        'scopes',
      );
    });

    it('lets use cases name only scopes, blocks, groups and fields that exist', () => {
      within(
        [product.default_use_case],
        product.use_cases.map(({ id }) => id),
        'default_use_case',
      );
      const closed = product.scopes.filter(({ open_data }) => !open_data).map(({ id }) => id);
      for (const useCase of product.use_cases) {
        const { id, preselected_scopes: preselected, hidden_scopes: hidden } = useCase;
        within([...preselected, ...useCase.locked_scopes, ...hidden], closed, `${id}: scopes`);
        assert.deepEqual(
          preselected.filter((scope) => hidden.includes(scope)),
          [],
          `${id}: preselected and hidden`,
        );
        within(useCase.read_only_blocks, blocks, `${id}: read_only_blocks`);
        within(
          [useCase.group],
          product.use_case_groups.map((group) => group.id),
          `${id}: group`,
        );
        within(Object.keys(useCase.examples), Object.keys(REQUEST_MEMBERS), `${id}: examples`);
        within(
          Object.keys(useCase.defaults.scope_justifications ?? {}),
          preselected,
          `${id}: justifications`,
        );
        assert.equal(useCase.vendor === null, useCase.vendor_name === null, `${id}: vendor_name`);
      }
    });

    it('leaves no startable use case with a read-only block that cannot be completed', () => {
      for (const useCase of product.use_cases.filter(
        (candidate) => candidate.startable_by_applicant,
      )) {
        assert.deepEqual(missingInReadOnlyBlocks(product, useCase), [], useCase.id);
      }
    });

    it('lets endpoints name only providers, scopes and limit groups that exist', () => {
      const known = [...scopes, ...catalogue.legacy_scopes];
      if (product.scopes.some((scope) => scope.open_data)) known.push('open_data');
      const groups = new Map();
      for (const endpoint of catalogue.endpoints) {
        within([endpoint.provider], [...providers.keys()], endpoint.id);
        within(endpoint.scopes_any_of, known, endpoint.id);
        const limit = [endpoint.limit_per_minute, endpoint.limit_shared_by_group];
        assert.deepEqual(
          groups.get(endpoint.limit_group) ?? limit,
          limit,
          `${endpoint.id}: limit of its group`,
        );
        groups.set(endpoint.limit_group, limit);
      }
      assert.deepEqual(
        [...groups.keys()].sort(),
        catalogue.limit_groups.map(({ id }) => id).sort(),
      );
      within(
        catalogue.legacy_scopes,
        catalogue.endpoints.flatMap((endpoint) => endpoint.scopes_any_of),
        'legacy_scopes',
      );
      assert.deepEqual(
        catalogue.legacy_scopes.filter((id) => scopes.includes(id)),
        [],
        'legacy and current',
      );
    });

    it('types the parameters of each path, in their order', () => {
      for (const { id, path, path_parameters: parameters } of catalogue.endpoints) {
        assert.deepEqual(
          [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]),
          parameters.map(({ name }) => name),
          id,
        );
      }
    });
  });

  describe(`sandbox of ${folder}`, () => {
    const common = read(`${folder}/sandbox/common.json`).cases;

    it('has one file of samples and one shape for each endpoint', () => {
      const ids = catalogue.endpoints.map(({ id }) => id).sort();
      const files = names(`${folder}/sandbox`, 'isFile').map((name) => name.replace(/\.json$/, ''));
      assert.deepEqual(files.sort(), [...ids, 'common'].sort());
      assert.deepEqual(Object.keys(shapes.$defs).sort(), ids);
      holds(validators.sandbox, { cases: common }, 'common.json');
    });

    for (const endpoint of catalogue.endpoints) {
      const file = read(`${folder}/sandbox/${endpoint.id}.json`);
      const provider = providers.get(endpoint.provider);
      const own = file.cases.filter(({ params }) => params !== 'default');
      const shared = common.filter(({ params }) =>
        Object.keys(params).every((key) => identifierKinds(endpoint).includes(key)),
      );

      it(`${endpoint.id}: has a default, and cases that a valid call reaches`, () => {
        holds(validators.sandbox, file, endpoint.id);
        assert.equal(
          file.cases.findIndex(({ params }) => params === 'default'),
          file.cases.length - 1,
        );
        const ordered = [...shared, ...own];
        ordered.forEach((current, index) => {
          for (const [key, value] of Object.entries(current.params)) {
            assert.ok(
              accepts(endpoint, key, value),
              `${current.title}: ${key}=${value} is refused before`,
            );
          }
          const hiding = ordered.slice(0, index).find((earlier) => covers(earlier, current));
          assert.equal(hiding, undefined, `${current.title} is never reached`);
        });
      });

      it(`${endpoint.id}: answers in its shape, whatever identifier is called`, () => {
        for (const call of identifiersOf(endpoint)) {
          for (const current of [...shared, ...file.cases]) {
            if (current.payload === 'default') continue;
            const params = current.params === 'default' ? call : { ...call, ...current.params };
            within(
              placeholdersOf(current.payload),
              Object.keys(render.values(endpoint, file, params, provider)),
              current.title,
            );
            const answer = render(current.payload, endpoint, file, params, provider);
            if (current.status === 200) {
              holds(
                ajv.getSchema(`shapes:${folder}#/$defs/${endpoint.id}`),
                answer,
                `${endpoint.id}: ${current.title}`,
              );
              assert.deepEqual(
                Object.keys(answer).sort(),
                ['data', 'links', 'meta'],
                'the envelope',
              );
              continue;
            }
            assert.deepEqual(Object.keys(answer), ['errors'], current.title);
            for (const error of answer.errors) {
              assert.match(error.code, new RegExp(`^${provider.code}[0-9]{3}$`), current.title);
              assert.equal(error.meta.provider, provider.name, current.title);
              assert.ok(error.title && error.detail, current.title);
            }
          }
        }
      });
    }
  });
}

describe('directory sample', () => {
  const rows = read('../organisation/directory_sample.json');

  it('holds each establishment once, with a valid number and a French postal code', () => {
    unique(
      rows.map(({ siret }) => siret),
      'sirets',
    );
    for (const row of rows) {
      assert.ok(isSiret(row.siret), row.siret);
      assert.match(row.address.postal_code, /^[0-9]{5}$/, row.siret);
      assert.match(row.legal_category, /^[0-9]{4}$/, row.siret);
      assert.ok(row.name && row.address.street && row.address.city, row.siret);
      assert.equal(typeof row.open, 'boolean', row.siret);
    }
  });
});
