// api/deploy/PRIVACY.md says how long personal data are kept: as the settings do, by jobs that there are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { none, read } from './house.mjs';

/** Jobs that delete nothing. */
const OTHER_JOBS = [
  'account_mail',
  'token_notices',
  'second_factor_resets',
  'stopped_programs',
  'token_revocations',
  'planned_revocation',
  'message_mail',
  'complete_organisations',
  'make_export',
  'scan_attachments',
  'usage_roll_up',
  'usage_alerts',
];
/** Periods that are not of data. */
const OTHER_SETTINGS = [];

const page = read('api/deploy/PRIVACY.md');
const [, part] = /^## How long$([\s\S]*?)^## /m.exec(page) ?? [];
const rows = (part ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| data |'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
  .map(([data, why, kept, setting, job]) => ({ data, why, kept, setting, job }));

const settings = new Map(
  [
    ...read('api/base/config.def').matchAll(
      /^SETTING\(\w+, "(\w+)", INTEGER, "(hours|days|months)", "(\d+)"/gm,
    ),
  ].map(([, name, unit, fallback]) => [name, `${fallback} ${unit}`]),
);
const jobs = [...read('api/worker/jobs.c').matchAll(/^ {4}\{"(\w+)", \d+,/gm)].map(
  ([, kind]) => kind,
);
const quoted = (text) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name);

test('every_row_says_what_why_how_long_and_by_what', () => {
  assert.ok(rows.length > 10);
  none(rows.filter((row) => Object.values(row).some((cell) => !cell)).map(({ data }) => data));
});

test('a_setting_has_the_period_of_its_row_for_default', () => {
  assert.ok(settings.size >= 6);
  const named = rows.flatMap((row) => quoted(row.setting).map((name) => ({ ...row, name })));
  none(
    named
      .filter(({ name, kept }) => !kept.includes(settings.get(name) ?? name))
      .map(({ name, kept }) => `${name}: ${settings.get(name)}, not ${kept}`),
  );
  const told = new Set([...named.map(({ name }) => name), ...OTHER_SETTINGS]);
  none([...settings.keys()].filter((name) => !told.has(name)).map((name) => `${name} has no row`));
});

test('every_job_has_a_row_or_deletes_nothing', () => {
  assert.ok(jobs.length > 10);
  const named = rows.flatMap(({ job }) => quoted(job));
  none(named.filter((kind) => !jobs.includes(kind)).map((kind) => `there is no job ${kind}`));
  const known = [...named, ...OTHER_JOBS];
  none(jobs.filter((kind) => !known.includes(kind)).map((kind) => `${kind} has no row`));
  none(OTHER_JOBS.filter((kind) => !jobs.includes(kind)).map((kind) => `there is no job ${kind}`));
});

test('the_page_names_every_test_that_shows_it', () => {
  none(
    ['tests/contract/retention', 'tests/contract/forgotten'].filter(
      (name) => !page.includes(`\`${name}\``),
    ),
  );
});
