// The access matrix (api/security/ACCESS.md) names every operation and every kind of actor.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACTORS } from '../contract/access/actors.mjs';
import { readMatrix } from '../contract/access/matrix.mjs';
import { Objects } from '../contract/access/objects.mjs';
import { SENT } from '../contract/access/operations.mjs';
import { operations } from '../support/openapi.mjs';

const rows = readMatrix();
const ids = operations().map(({ operation }) => operation.operationId);

test('the_access_matrix_has_a_row_for_every_operation_and_a_cell_for_every_actor', () => {
  const named = [...new Set(rows.map(({ operation }) => operation))];
  assert.deepEqual(named.sort(), [...ids].sort());
  const actors = ACTORS.map(([name]) => name);
  for (const { operation, object, cells } of rows) {
    assert.deepEqual(Object.keys(cells), actors, operation);
    assert.ok(Object.values(cells).every((cell) => /^(\d{3}[+-]?|none)$/.test(cell)));
    assert.equal(typeof Objects.prototype[object], 'function', `no object ${object}`);
  }
});

test('what_is_sent_belongs_to_an_operation_and_every_body_is_sent', () => {
  for (const id of Object.keys(SENT)) assert.ok(ids.includes(id), id);
  const bodies = operations().filter(({ operation }) => operation.requestBody?.required);
  for (const { operation } of bodies)
    assert.ok(SENT[operation.operationId]?.body, operation.operationId);
});
