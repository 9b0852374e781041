// What is sealed is opened by a new master key too; what answers 500 says why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOfC, files, grep, none, read } from './house.mjs';

const listed = [
  ...read('api/core/sealed.def').matchAll(/^SEALED\((\w+), "([\w.]+)", \d+\)$/gm),
].map(([, name, column]) => ({ name, column }));

/** Columns of the migrations that are named after what they hold. */
function sealedColumns(sources) {
  const found = new Set();
  for (const source of sources)
    for (const [, table, body] of source.matchAll(/^(?:CREATE|ALTER) TABLE (\w+)([\s\S]*?);$/gm))
      for (const [, column] of body.matchAll(
        /(?:^\s+|ADD COLUMN )(\w*sealed\w*)\s+(?:text|bytea)\b/gm,
      ))
        found.add(`${table}.${column}`);
  return [...found];
}

test('every_sealed_column_is_sealed_anew_with_a_new_master_key', () => {
  const planted =
    'ALTER TABLE client ADD COLUMN sealed_pin text;\nCREATE TABLE pin (\n    sealed bytea NOT NULL\n);';
  assert.deepEqual(sealedColumns([planted]), ['client.sealed_pin', 'pin.sealed']);
  const columns = sealedColumns(files(/^sql\/migrations\/.*\.sql$/).map(read));
  assert.ok(columns.length >= 7);
  const known = new Set(listed.map(({ column }) => column));
  none(
    columns
      .filter((name) => !known.has(name))
      .map((name) => `${name}: a row of api/core/sealed.def`),
  );
});

// What is kept in a browser, and what tells a wrong master key.
const ELSEWHERE = ['device', 'federated_login', 'master_key'];

/** What seal_close is called for, the part before the slash. */
function contexts(sources) {
  return sources
    .filter((text) => text.includes('seal_close('))
    .flatMap((text) => [...text.matchAll(/SEAL_CONTEXT\[\] = "(\w+)"|"([a-z_]+)\/%s[^"]*"/g)])
    .map(([, constant, printed]) => constant ?? printed);
}

test('every_context_that_is_sealed_for_is_one_of_a_listed_column', () => {
  const statements = listed.map(({ name }) => read(`sql/queries/core/sealed_list_${name}.sql`));
  const opened = statements.flatMap((text) => [.../'(\w+)\/' \|\|/.exec(text)].slice(1));
  assert.equal(opened.length, listed.length);
  const known = new Set([...opened, ...ELSEWHERE]);
  const sources = files(/^api\/.*\.[ch]$/).map((path) => read(path));
  const headers = read('api/export/export_seal.h'); // its context is built in a header
  const named = contexts([...sources, `seal_close(${headers}`]);
  assert.ok(named.length >= 9, named.join());
  assert.deepEqual(contexts(['seal_close(a, key, arena_printf(a, "pin/%s", id))']), ['pin']);
  // An object whose recovery codes are hashed is no object that is sealed.
  const hashed = ['recovery_code'];
  none(
    named
      .filter((name) => !known.has(name) && !hashed.includes(name))
      .map((name) => `${name}: no statement sealed_list_… opens it`),
  );
});

// What a hash by the master key itself was kept for is void once that key is changed: it goes by a derived key. Two
// rooms still know what was hashed before 1.0.0.
test('nothing_is_hashed_by_the_master_key_itself', () => {
  const pattern = /\b(?:token_hash_keyed|hmac_sha256_keyed)\([^;]*master_key/;
  assert.match('token_hash_keyed(arena, services->master_key, "x", text)', pattern);
  none(
    files(/^api\/.*\.c$/).filter((path) => pattern.test(codeOfC(read(path)).replace(/\s+/g, ' '))),
  );
  // Nor by a key that somebody else derives, or by each master key in turn.
  const KNOWN =
    /^api\/(security\/seal|core\/derived_key|core\/master_key|account\/second_factor|core\/notification)\.c$/;
  const others = files(/^api\/.*\.c$/).filter((path) => !KNOWN.test(path));
  none(grep(others, /\bseal_key_derive\(|\b\w*(?:key|master)->former\b/, codeOfC));
});

// Who answers 500 logs what err_internal noted; ERR_INTERNAL itself is compared, or is the row of a table.
const BARE = /(?<![=!]= |\[|\{|LOG_|GATEWAY_ERROR_|err_status\()\bERR_INTERNAL\b/;

test('an_internal_error_has_its_cause', () => {
  for (const line of ['return ERR_INTERNAL;', 'ok ? ERR_NONE : ERR_INTERNAL'])
    assert.match(line, BARE);
  for (const line of ['err == ERR_INTERNAL', '[ERR_INTERNAL] = "x"', '{ERR_INTERNAL, X}'])
    assert.doesNotMatch(line, BARE);
  none(
    grep(files(/^api\/(?!base\/err\.c$).*\.c$/), BARE, codeOfC).map(
      (where) => `${where}: return err_internal("…")`,
    ),
  );
});
