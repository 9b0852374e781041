// The contract keeps what the last version promised; and the check finds what it is there to find.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parse } from 'yaml';
import { breakingChanges } from '../support/breaking.mjs';
import { contract } from '../support/openapi.mjs';
import { ROOT, none } from './house.mjs';

const git = ['-c', 'safe.directory=*', '-C', ROOT];

/** The tag before this commit, null where there is none yet. */
function lastTag() {
  const { status, stdout } = spawnSync('git', [...git, 'describe', '--tags', '--abbrev=0'], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : null;
}

test('breaks_nothing_that_the_last_tag_promised', (t) => {
  const tag = lastTag();
  t.diagnostic(tag ? `compared with ${tag}` : 'no tag yet: compared with itself');
  const before = tag
    ? parse(execFileSync('git', [...git, 'show', `${tag}:openapi.yaml`], { encoding: 'utf8' }))
    : contract;
  none(breakingChanges(before, contract));
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
    const now = structuredClone(contract);
    change(now);
    const found = breakingChanges(contract, now);
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

/** [before, now, breaks as a request, breaks as an answer] */
const SCHEMAS = {
  a_member_less: [object({ a: text, b: text }), object({ a: text }), true, true],
  a_member_more: [object({ a: text }), object({ a: text, b: text }), false, false],
  a_member_required: [object({ a: text }), object({ a: text }, ['a']), true, false],
  a_member_no_longer_required: [object({ a: text }, ['a']), object({ a: text }), false, true],
  a_value_less: [choice('a', 'b'), choice('a'), true, false],
  a_value_more: [choice('a'), choice('a', 'b'), false, true],
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
  test(`knows_whom_${name}_breaks`, () => {
    const any = { type: 'object' };
    const request = breakingChanges(small(before), small(now));
    const answer = breakingChanges(small(any, before), small(any, now));
    assert.equal(request.length > 0, asRequest, `as a request: ${request.join('\n')}`);
    assert.equal(answer.length > 0, asAnswer, `as an answer: ${answer.join('\n')}`);
  });
}
