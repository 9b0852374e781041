// api/security/THREATS.md forgets no mail with a link, no secret and no use of a key.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { files, none, read } from './house.mjs';

const page = read('api/security/THREATS.md');
/** The text below a heading, to the next of its depth or above. */
function section(heading) {
  const depth = /^#+/.exec(heading)[0].length;
  const [, rest] = page.split(`\n${heading}\n`);
  assert.ok(rest, heading);
  return rest.split(new RegExp(`\n#{1,${depth}} `))[0];
}
const quoted = (text) => new Set([...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name));

test('every_mail_with_a_link_has_its_row', () => {
  const named = quoted(section('## Mailed links'));
  const mails = files(/^api\/mail\/templates\/\w+\.txt$/);
  assert.ok(mails.length > 40);
  const linked = mails
    .filter((path) => /^\[.+\] \S/m.test(read(path)))
    .map((path) => /(\w+)\.txt$/.exec(path)[1]);
  none(linked.filter((name) => !named.has(name)).map((name) => `${name} has no row`));
  const all = new Set(mails.map((path) => /(\w+)\.txt$/.exec(path)[1]));
  const rows = section('## Mailed links').match(/^\| .*`\w+`.*$/gm) ?? [];
  none(
    rows
      .flatMap((row) => [...quoted(row)])
      .filter((name) => /^[a-z]+(_[a-z]+)+$/.test(name) && !all.has(name))
      .map((name) => `there is no mail ${name}`),
  );
});

test('every_secret_setting_has_its_row', () => {
  const named = quoted(section('### Given by the operator'));
  const rows = [
    ...read('api/base/config.def').matchAll(
      /^SETTING\(\w+, "(\w+)", \w+, "[^"]*", "[^"]*", true,/gm,
    ),
  ].map(([, name]) => name);
  assert.ok(rows.length >= 8);
  none(rows.filter((name) => !named.has(name)).map((name) => `${name} has no row`));
});

test('every_column_of_a_secret_has_its_row', () => {
  const named = quoted(section('### Kept in the database'));
  const columns = new Set();
  for (const path of files(/^sql\/migrations\/.*\.sql$/)) {
    const tables = read(path).matchAll(/^(?:CREATE|ALTER) TABLE (\w+)([\s\S]*?);$/gm);
    for (const [, table, body] of tables)
      for (const [, column] of body.matchAll(
        /(?:^\s+|ADD COLUMN )(sealed\w*|\w*secret|\w*_hash|tag|\w*mac)\s+(?:text|bytea)\b/gm,
      ))
        columns.add(`${table}.${column}`);
  }
  // A column of the former hash chain: not secret.
  columns.delete('audit.previous_hash');
  assert.ok(columns.size >= 14, [...columns].join());
  none([...columns].filter((name) => !named.has(name)).map((name) => `${name} has no row`));
});

test('every_purpose_of_a_derived_value_has_its_row', () => {
  const named = quoted(section('## Secrets'));
  const purposes = files(/^api\/(?!security\/).*\.c$/).flatMap((path) =>
    [...read(path).matchAll(/(?:token_hash_keyed|seal_key_derive)\(([^;]*?)\)[;,)]/g)].flatMap(
      ([, inside]) => [...inside.matchAll(/"([a-z_]+)(?:\/%s)?"/g)].map(([, name]) => name),
    ),
  );
  for (const [, name] of read('api/core/derived_key.h').matchAll(
    /^#define DERIVED_KEY_\w+ "(\w+)"$/gm,
  ))
    purposes.push(name);
  assert.ok(purposes.length >= 4, purposes.join());
  const known = [...named].map((name) => name.split('/')[0]);
  none(purposes.filter((name) => !known.includes(name)).map((name) => `${name} has no row`));
});

test('everything_that_is_sealed_has_its_row', () => {
  const named = [...quoted(section('## Secrets'))].map((name) => name.split('/')[0]);
  const contexts = files(/^api\/(?!security\/).*\.c$/)
    .map(read)
    .filter((text) => text.includes('seal_close('))
    .flatMap((text) => [...text.matchAll(/SEAL_CONTEXT\[\] = "(\w+)"|"([a-z_]+)\/%s[^"]*"/g)])
    .map(([, constant, printed]) => constant ?? printed);
  assert.ok(contexts.length >= 7);
  none(contexts.filter((name) => !named.includes(name)).map((name) => `${name} has no row`));
});

test('what_is_accepted_has_a_reason', () => {
  const rows = section('## Accepted risks')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()));
  assert.ok(rows.length >= 5);
  none(rows.filter(([, risk, reason]) => !risk || !reason).map(([, risk]) => risk));
});

test('the_policy_names_where_to_report', () => {
  const policy = read('SECURITY.md');
  for (const name of ['/.well-known/security.txt', 'Supported versions', 'api/security/THREATS.md'])
    assert.ok(policy.includes(name), name);
});
