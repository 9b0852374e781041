// No cell of a file begins a formula, whatever a spreadsheet cuts it at: a French one takes the semicolon.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { cast, decide, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';

const SIGNS = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '−', '﹦'];
const BEFORE = ['', ' ', '  ', '"', '""', "\u{a0}", "\u{200b}", "\u{feff}", '\u{202e}', ' " ']; // prettier-ignore
const CUTS = [',', ';', '\t', '\r', '\n', '\r\n', ',"', ';"', '\t"', ';;', '; ,'];

/** Values that begin a formula somewhere: at their start, or behind a place where a file may be cut. */
const HOSTILE = SIGNS.flatMap((sign) => [
  ...BEFORE.map((blank) => `${blank}${sign}1+1`),
  ...CUTS.map((cut) => `${cut}${sign}1+1`),
  ...CUTS.flatMap((cut) => BEFORE.map((blank) => `Aides${cut}${blank}${sign}cmd|' /C calc'!A0`)),
]);

/** The cells as a reader finds them that knows quotes, where they stand at the start of a cell. */
function quotedCells(text, separator) {
  const cells = [];
  for (let at = 0; at < text.length;) {
    let cell = '';
    if (text[at] === '"') {
      for (at += 1; at < text.length; at += 1) {
        if (text[at] !== '"') cell += text[at];
        else if (text[at + 1] === '"') cell += text[(at += 1)];
        else break;
      }
      at += 1;
    }
    while (at < text.length && text[at] !== separator && text[at] !== '\n') cell += text[at++];
    at += 1;
    cells.push(cell);
  }
  return cells;
}

/** What stands first in a cell, for a spreadsheet that passes over quotes, blanks and what has no width. */
const head = (cell) =>
  cell.replace(/^["\s\u{a0}\u{200b}-\u{200f}\u{202a}-\u{202f}\u{2060}-\u{2069}\u{feff}]+/u, '');

function assertNoFormula(text, what) {
  for (const separator of [',', ';', '\t']) {
    const bare = text.split(/[\r\n]/).flatMap((line) => line.split(separator));
    const formulas = [...bare, ...quotedCells(text, separator)].filter((cell) =>
      SIGNS.includes([...head(cell)][0]),
    );
    assert.deepEqual(formulas, [], `${what} cut at ${JSON.stringify(separator)}`);
  }
}

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

test('this_test_finds_a_formula_behind_each_separator', () => {
  for (const line of ['=1', 'a;=1', 'a,"x;=1"', 'a\t"\u{200b}=1"', 'a,"\r\n@x"', '"";"=1"']) {
    assert.throws(() => assertNoFormula(line, line), /cut at/);
  }
  assertNoFormula('a,"b;\'=1",2026-11-30,x-y\r\n', 'a sound line');
});

test('no_value_begins_a_formula_in_a_cell', async () => {
  const array = HOSTILE.map((value) => `'${value.replaceAll("'", "''")}'`).join(',');
  const rows = await server.database.rows(
    `select value, csv_cell(value) as cell from unnest(array[${array}]) with ordinality v (value, place) order by place`,
  );
  assert.equal(rows.length, HOSTILE.length);
  for (const { value, cell } of rows) {
    assertNoFormula(`x,${cell},y\r\n`, JSON.stringify(value));
    const [, back] = quotedCells(`x,${cell},y\r\n`, ',');
    assert.equal(back.replaceAll("'", ''), value.replaceAll("'", ''), 'nothing is lost');
  }
});

test('harmless_values_stay_as_they_are', async () => {
  for (const value of ['Mairie de Saint-Denis', 'a = b', "l'été", 'Paris, Lyon', '5-3', 'a; b']) {
    const [cell] = await server.database.sql(`select csv_cell('${value.replaceAll("'", "''")}')`);
    assert.equal(cell, /[,;]/.test(value) ? `"${value}"` : value);
  }
});

test('no_file_begins_a_formula', async () => {
  const headers = { accept: 'text/csv' };
  const { applicant, instructor, domain } = await cast(server);
  const titles = HOSTILE.filter((value) => !/[\r\n\t]/.test(value)).filter((_, i) => i % 23 === 0);
  for (const title of titles) await submitRequest(applicant.client, { domain, patch: { title } });
  const last = await submitRequest(applicant.client, { domain, patch: { title: ';=1+1' } });
  await server.database.sql(
    `update organisation set name = E'Ville;=1+1\\t@x, -2' where siret = '${SIRETS.CLAMART}'`,
  );
  (await decide(instructor.client, last.id, 'approve')).expect(201);
  const requests = (await instructor.client.get('/v1/requests', { headers })).expect(200).body;
  assert.ok(requests.includes('1+1'));
  assertNoFormula(requests, 'the list of requests');
  const open = (await server.client().get('/v1/open-data/habilitations.csv')).expect(200).body;
  assert.ok(open.includes('1+1'));
  assertNoFormula(open, 'the open data');

  const issuer = await new Issuer(server).start();
  const owner = await logInAs(server, { siret: SIRETS.PARIS });
  const [ownerId] = await server.database.sql(
    `select id from account where email = '${owner.email}'`,
  );
  const scopes = ['unites_legales_etablissements_insee'];
  const token = await issuer.issue({ scopes, siret: SIRETS.PARIS, applicantId: ownerId });
  await token.get(`v4/insee/sirene/unites_legales/130025265?${ASKED}`);
  const array = HOSTILE.map((value) => `'${value.replaceAll("'", "''")}'`).join(',');
  await server.database.sql(`
    insert into call (at, token_id, endpoint, params, context, object, recipient, status, duration_us, request_id, address)
    select now() - place * interval '1 second', '${token.id}', v, v, v, v, v, 200, 20000, v, v
    from unnest(array[${array}]) with ordinality u (v, place)`);
  const calls = await owner.client.get(`/v1/tokens/${token.id}/calls`, { headers });
  assert.ok(calls.expect(200).body.includes('1+1'));
  assertNoFormula(calls.body, 'the calls');
  const usage = await owner.client.get(`/v1/tokens/${token.id}/usage`, { headers });
  assert.ok(usage.expect(200).body.includes('1+1'));
  assertNoFormula(usage.body, 'the figures');
});
