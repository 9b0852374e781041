// Expand, then contract one release later: what the program of the last release uses stays until the next one.
// tests/store/releases proves it with that program's statements; here is what a migration may not say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOfSql, files, none, read } from './house.mjs';

const versionOf = (path) => /(\d+)\.(\d+)\.(\d+)\.jsonl$/.exec(path).slice(1).map(Number);
const compare = (a, b) => a.map((number, i) => number - b[i]).find((order) => order !== 0) ?? 0;
const releases = files(/^sql\/releases\/\d+\.\d+\.\d+\.jsonl$/)
  .map((path) => ({ path, version: versionOf(path), head: JSON.parse(read(path).split('\n')[0]) }))
  .sort((a, b) => compare(a.version, b.version));
const last = releases.at(-1);

const withoutComments = (text) => text.replace(/--[^\n]*/g, '');
/** Statements, each with the comments before it; bodies in dollars stay whole. */
const statementsOf = (source) =>
  source.match(/(?:--[^\n]*|'(?:''|[^'])*'|(\$\w*\$)[\s\S]*?\1|[^;])+;?/g) ?? [];

// What may go or change: others say nothing to a program.
const HARMLESS = /\bDROP (?:CONSTRAINT|INDEX|TRIGGER|POLICY|DEFAULT)\b/gi;
const RULES = [
  [/\bDROP\b(?! NOT NULL)/i, 'drops what the last release may use'],
  [/\bDROP NOT NULL\b/i, 'lets NULL come where the last release reads none'],
  [/\bRENAME\b/i, 'renames what the last release calls by its name'],
  [/\bALTER (?:COLUMN )?\w+ (?:SET DATA )?TYPE\b/i, 'gives a column another type'],
  [/\bSET NOT NULL\b/i, 'refuses rows that the last release writes'],
  [
    /\bADD (?:COLUMN )?(?:IF NOT EXISTS )?(?!CONSTRAINT)\w+ [^,;]*\bNOT NULL\b(?![^,;]*\bDEFAULT\b)(?<!DEFAULT[^,;]*)/i,
    'adds a column without a default that may not be NULL: the last release does not fill it',
  ],
  [/\bREVOKE\b/i, 'takes a right that the last release may need'],
];

/**
 * What a migration or a replayed text may not say.
 * @param {string} source
 * @param {string} release the last one
 */
function breaks(source, release) {
  const made = new Set([...source.matchAll(/^CREATE TABLE (\w+)/gim)].map(([, name]) => name));
  const dropped = new Set([...source.matchAll(/\bDROP CONSTRAINT (\w+)/gi)].map(([, n]) => n));
  return statementsOf(source).flatMap((statement) => {
    if (statement.includes(`-- contracts: `) && statement.includes(` ${release}`)) return [];
    const code = withoutComments(statement).replace(/\s+/g, ' ').trim();
    const table = /^ALTER TABLE (?:ONLY )?(\w+)/i.exec(code)?.[1];
    if (table && made.has(table)) return [];
    const told = RULES.filter(([rule]) => rule.test(code.replace(HARMLESS, ''))).map(
      ([, why]) => `${code.slice(0, 60)}: ${why}`,
    );
    for (const [, name] of code.matchAll(/\bADD CONSTRAINT (\w+)/gi))
      if (!dropped.has(name))
        told.push(`${code.slice(0, 60)}: refuses rows that the last release writes`);
    return told;
  });
}

test('the_rule_itself_finds_what_breaks_the_last_release', () => {
  const broken = [
    'DROP FUNCTION requests_found(uuid);',
    'DROP TABLE saved_filter;',
    'ALTER TABLE token DROP COLUMN allowed_ips;',
    'ALTER TABLE token DROP allowed_ips;',
    'ALTER TABLE token RENAME COLUMN allowed_ips TO addresses;',
    'ALTER FUNCTION token_state RENAME TO state_of_token;',
    'ALTER TABLE token ALTER COLUMN version TYPE int;',
    'ALTER TABLE token ALTER version SET DATA TYPE int;',
    'ALTER TABLE token ALTER COLUMN revoked_at SET NOT NULL;',
    'ALTER TABLE token ALTER COLUMN kid DROP NOT NULL;',
    'ALTER TABLE token ADD COLUMN place int NOT NULL;',
    'ALTER TABLE token\n    ADD COLUMN place int\n    CONSTRAINT token_place CHECK (place > 0) NOT NULL;',
    'ALTER TABLE token ADD CONSTRAINT token_one CHECK (version > 0);',
    "DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'a'); END $$;",
    'REVOKE UPDATE ON token FROM guichet_app;',
    '-- contracts: nothing of 0.0.1 names it\nDROP TABLE saved_filter;',
  ];
  for (const statement of broken) assert.equal(breaks(statement, '1.0.0').length, 1, statement);
  const fine = [
    'CREATE TABLE pin (id uuid NOT NULL);\nALTER TABLE pin ADD CONSTRAINT pin_pk PRIMARY KEY (id);',
    'ALTER TABLE token ADD COLUMN place int;',
    "ALTER TABLE token ADD COLUMN place int NOT NULL DEFAULT 0, ADD COLUMN word text NOT NULL DEFAULT '';",
    'ALTER TABLE outbox DROP CONSTRAINT outbox_state;\nALTER TABLE outbox ADD CONSTRAINT outbox_state CHECK (true);',
    'DROP INDEX token_idx;\nDROP TRIGGER token_changed ON token;',
    'ALTER TABLE token ALTER COLUMN version DROP DEFAULT;',
    "-- DROP TABLE token is what this does not do\nUPDATE token SET word = 'RENAME'::text;".replace(
      'RENAME',
      'renamed',
    ),
    '-- contracts: no statement of 1.0.0 names saved_filter\nDROP TABLE saved_filter;',
  ];
  for (const statement of fine) assert.deepEqual(breaks(statement, '1.0.0'), [], statement);
});

test('a_migration_newer_than_the_last_release_expands', () => {
  const newest = Number(last.head.last_migration.slice(0, 4));
  const migrations = files(/^sql\/migrations\/\d{4}_.*\.sql$/);
  assert.ok(migrations.some((path) => path.endsWith(`/${last.head.last_migration}.sql`)));
  none(
    migrations
      .filter((path) => Number(/\/(\d{4})_/.exec(path)[1]) > newest)
      .flatMap((path) =>
        breaks(read(path), last.head.release).map((why) => `${path}: ${why}; see sql/README.md`),
      ),
  );
});

test('a_replayed_text_drops_nothing_but_policies', () => {
  none(
    files(/^sql\/(functions|policies)\/.*\.sql$/)
      .filter((path) =>
        /\b(DROP (?!POLICY)|RENAME|ALTER (?!TABLE \w+ (ENABLE|FORCE)))/i.test(
          codeOfSql(read(path)),
        ),
      )
      .map((path) => `${path}: a former signature stays for a release, see sql/README.md`),
  );
});

test('releases_follow_each_other_and_only_the_last_keeps_its_statements', () => {
  for (const { path, version, head } of releases) {
    assert.equal(head.release, version.join('.'), path);
    assert.ok(read(`sql/migrations/${head.last_migration}.sql`), path);
  }
  const order = releases.map(({ head }) => head.last_migration);
  assert.deepEqual(order, [...order].sort());
  const lines = ({ path }) => read(path).trim().split('\n').length;
  assert.ok(lines(last) > 100, last.path);
  none(
    releases
      .slice(0, -1)
      .filter((release) => lines(release) !== 1)
      .map(({ path }) => path),
  );
});
