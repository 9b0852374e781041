// The contract keeps what the last one in tests/contract/releases promised; and the check finds what it is
// there to find.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { breakingChanges } from '../support/breaking.mjs';
import { contract, operationsOf } from '../support/openapi.mjs';
import { files, none, read } from './house.mjs';

const RELEASES = /^tests\/contract\/releases\/(\d+)\.(\d+)\.(\d+)\.yaml$/;

const number = (path) =>
  RELEASES.exec(path)
    .slice(1)
    .reduce((sum, part) => sum * 1000 + Number(part), 0);
const last = files(RELEASES)
  .sort((a, b) => number(a) - number(b))
  .at(-1);
const released = parse(read(last));

test('the_contract_has_the_version_of_the_program', () => {
  const [, version] = /project\(guichet VERSION (\S+)/.exec(read('CMakeLists.txt'));
  assert.equal(contract.info.version, version);
});

test('the_last_release_is_whole_and_not_ahead_of_the_contract', () => {
  assert.ok(operationsOf(released).length > 100);
  assert.equal(last, `tests/contract/releases/${released.info.version}.yaml`);
  assert.ok(
    number(last) <= number(`tests/contract/releases/${contract.info.version}.yaml`),
    `${last} is newer than version ${contract.info.version} of openapi.yaml`,
  );
});

test('the_changelog_dates_the_version_of_the_program_and_its_contract_is_kept', () => {
  const [, version, day] =
    /^## (\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$/m.exec(read('CHANGELOG.md')) ?? [];
  assert.equal(version, contract.info.version);
  assert.ok(!Number.isNaN(Date.parse(`${day}T00:00:00Z`)), day);
  assert.equal(last, `tests/contract/releases/${version}.yaml`);
});

/** What the next release takes from programs on purpose: the finding, and its ground. CHANGELOG tells them. */
const ON_PURPOSE = JSON.parse(read('tests/contract/releases/breaking.json'));

test('breaks_nothing_that_the_last_release_promised', () => {
  none(breakingChanges(released, contract).filter((finding) => !(finding in ON_PURPOSE)));
});

test('every_break_on_purpose_is_one', () => {
  const found = new Set(breakingChanges(released, contract));
  none(Object.keys(ON_PURPOSE).filter((finding) => !found.has(finding)));
});

/** Changes that somebody's program would feel, and what the check says of each. */
const BREAKING = {
  an_operation_that_is_gone: [
    (now) => delete now.paths['/v1/requests/{id}'].delete,
    /^DELETE \/v1\/requests\/\{id\}: is gone$/,
  ],
  a_path_that_is_gone: [
    (now) => delete now.paths['/v1/statistics'],
    /^GET \/v1\/statistics: is gone$/,
  ],
  a_query_key_that_is_gone: [
    (now) => {
      const list = now.paths['/v1/requests'].get.parameters;
      list.splice(
        list.findIndex(({ name }) => name === 'state'),
        1,
      );
    },
    /^GET \/v1\/requests query state: is gone$/,
  ],
  a_new_required_parameter: [
    (now) =>
      now.paths['/v1/statistics'].get.parameters.push({ in: 'query', name: 'x', required: true }),
    /^GET \/v1\/statistics query x: is new and required$/,
  ],
  a_status_that_is_gone: [
    (now) => delete now.paths['/v1/requests'].post.responses['201'],
    /^POST \/v1\/requests → 201: is gone$/,
  ],
  a_credential_that_no_longer_opens: [
    (now) => (now.paths['/v1/requests'].get.security = [{ session: [] }]),
    /^GET \/v1\/requests: credential .*requests:read.* no longer opens it$/,
  ],
};

for (const [name, [change, said]] of Object.entries(BREAKING)) {
  test(`finds_${name}`, () => {
    const now = structuredClone(released);
    change(now);
    const found = breakingChanges(released, now);
    assert.ok(
      found.some((finding) => said.test(finding)),
      found.join('\n') || 'nothing was found',
    );
  });
}

/** One operation whose body and answer have this schema. */
const small = (request, response = { type: 'object' }) => ({
  paths: {
    '/x': {
      post: {
        requestBody: { content: { 'application/json': { schema: request } } },
        responses: { 200: { content: { 'application/json': { schema: response } } } },
      },
    },
  },
});
const object = (properties, required = []) => ({ type: 'object', properties, required });
const text = { type: 'string' };
const choice = (...values) => ({ type: 'string', enum: values });
const open = (...values) => ({ ...choice(...values), 'x-open-enum': true });

/** [before, now, breaks as a request, breaks as an answer] */
const SCHEMAS = {
  a_member_less: [object({ a: text, b: text }), object({ a: text }), true, true],
  a_member_more: [object({ a: text }), object({ a: text, b: text }), false, false],
  a_member_required: [object({ a: text }), object({ a: text }, ['a']), true, false],
  a_member_no_longer_required: [object({ a: text }, ['a']), object({ a: text }), false, true],
  a_value_less: [choice('a', 'b'), choice('a'), true, false],
  a_value_more: [choice('a'), choice('a', 'b'), false, true],
  a_value_more_of_an_open_list: [open('a'), open('a', 'b'), false, false],
  a_value_less_of_an_open_list: [open('a', 'b'), open('a'), true, false],
  a_closed_list_from_any_text: [text, choice('a'), true, false],
  another_type: [text, { type: 'integer' }, true, true],
  null_that_may_come: [text, { type: ['string', 'null'] }, false, true],
  null_that_no_longer_comes: [{ type: ['string', 'null'] }, text, true, false],
  a_shorter_text: [{ ...text, maxLength: 255 }, { ...text, maxLength: 100 }, true, false],
  a_longer_text: [{ ...text, maxLength: 100 }, { ...text, maxLength: 255 }, false, false],
  a_deep_member_less: [
    object({ a: { type: 'array', items: object({ b: text }) } }),
    object({ a: { type: 'array', items: object({}) } }),
    true,
    true,
  ],
  a_member_less_in_a_part: [
    { allOf: [object({ a: text }), object({ b: text })] },
    { allOf: [object({ a: text })] },
    true,
    true,
  ],
};

for (const [name, [before, now, asRequest, asAnswer]] of Object.entries(SCHEMAS)) {
  test(`tells_whether_${name}_breaks_senders_or_readers`, () => {
    const any = { type: 'object' };
    const request = breakingChanges(small(before), small(now));
    const answer = breakingChanges(small(any, before), small(any, now));
    assert.equal(request.length > 0, asRequest, `as a request: ${request.join('\n')}`);
    assert.equal(answer.length > 0, asAnswer, `as an answer: ${answer.join('\n')}`);
  });
}
