// One statement a file, named after its path, and each of them used.
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import { codeOfC, codeOfSql, files, grep, read, none } from './house.mjs';

const queries = files(/^sql\/queries\//);
const migrations = files(/^sql\/migrations\//);

const nameOf = (path) => `sql_${basename(path, '.sql')}`;

test('queries_lie_in_a_room_under_a_name_of_their_own', () => {
  const pattern = /^sql\/queries\/([a-z]+\/[a-z][a-z0-9_]*_[a-z0-9_]+\.sql|README\.md)$/;
  none(queries.filter((path) => !pattern.test(path)));
  const names = queries.map((path) => basename(path));
  none(names.filter((name, index) => names.indexOf(name) !== index));
});

test('a_query_file_holds_one_statement', () => {
  const several = queries
    .filter((path) => path.endsWith('.sql'))
    .filter((path) => codeOfSql(read(path)).trim().replace(/;$/, '').includes(';'));
  none(several);
});

// The function sql_<name>, or SQL_<NAME> where the engine or a COPY runs it.
test('every_query_is_used', () => {
  const known = new Set(queries.filter((path) => path.endsWith('.sql')).map(nameOf));
  const used = new Set(
    files(/^api\/.*\.(c|h|def)$/).flatMap((path) =>
      (codeOfC(read(path)).match(/\bsql_[a-z0-9_]+\b/gi) ?? []).map((name) => name.toLowerCase()),
    ),
  );
  // The two statements of each row of this table are put together from its name.
  for (const [, name] of read('api/core/sealed.def').matchAll(/^SEALED\((\w+),/gm))
    for (const verb of ['list', 'set']) used.add(`sql_sealed_${verb}_${name}`);
  none([...known].filter((name) => !used.has(name)));
});

// A column by its name is what no compiler sees. libpq's own look-up stands where no statement is run.
const BY_NAME =
  /\brows_(text|integer|boolean|bytes)\s*\(|\bPQfnumber\s*\(|\bstruct rows\b|\b(tx|pool)_(query|run)\w*\s*\(/;

test('no_result_is_read_by_the_name_of_a_column', () => {
  for (const line of [
    'rows_text(rows, 0, "id")',
    'PQfnumber(result, "id")',
    'tx_query(tx, &SQL_X)',
  ]) {
    assert.match(line, BY_NAME);
  }
  none(grep(files(/^(api|tests)\/.*\.[ch]$/), BY_NAME, codeOfC));
  // The signatures are where the names went: every statement has one.
  const unsigned = queries
    .filter((path) => path.endsWith('.sql'))
    .filter((path) => !/^-- :(one|opt|many|exec|affected|copy) \(/m.test(read(path)));
  none(unsigned);
});

// Before there is a schema, and what opens a connection.
const WITHOUT_SCHEMA = /^api\/engine\/(migrate|connection)\.c$/;

test('no_sql_text_in_the_program', () => {
  const text = /"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s+[a-z_*]+/i;
  const sources = files(/^api\/.*\.c$/).filter((path) => !WITHOUT_SCHEMA.test(path));
  const strayed = sources.flatMap((path) =>
    read(path)
      .split('\n')
      .map((line, index) => [line, `${path}:${index + 1}: ${line.trim()}`])
      .filter(([line]) => text.test(line) && /\b(from|set|into|values|as \()\b/i.test(line))
      .map(([, where]) => where),
  );
  none(strayed);
});

test('migrations_are_numbered_each_by_its_own', () => {
  const names = migrations
    .filter((path) => path.endsWith('.sql'))
    .map((path) => path.split('/').pop());
  none(names.filter((name) => !/^\d{4}_[a-z0-9_]+\.sql$/.test(name)));
  const numbers = names.map((name) => name.slice(0, 4));
  assert.deepEqual(numbers, [...new Set(numbers)]);
});
