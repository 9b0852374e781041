// frontend/lib/siret.js: what is said of a number before the server is asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSiret, cleanSiret, isMeantAsNumber } from '../../frontend/lib/siret.js';
import { COMPANY, SIRETS } from '../support/sirets.mjs';

test('accepts_every_establishment_of_the_built_in_directory', () => {
  for (const siret of [...Object.values(SIRETS), COMPANY])
    assert.equal(checkSiret(siret), 'ok', siret);
});

test('says_what_is_wrong_with_a_number', () => {
  assert.equal(checkSiret('1300252650001'), 'length');
  assert.equal(checkSiret('130025265000133'), 'length');
  assert.equal(checkSiret('1300252650001A'), 'digits');
  assert.equal(checkSiret('00000000000000'), 'zeros');
  for (let place = 0; place < 14; place++) {
    const digit = (Number(SIRETS.DINUM[place]) + 1) % 10;
    const wrong = `${SIRETS.DINUM.slice(0, place)}${digit}${SIRETS.DINUM.slice(place + 1)}`;
    assert.equal(checkSiret(wrong), 'checksum', wrong);
  }
});

test('applies_the_rule_of_la_poste', () => {
  // The digits of 356000000 add up to 14.
  assert.equal(checkSiret('35600000000001'), 'ok', 'sum 15');
  assert.equal(checkSiret('35600000000003'), 'checksum', 'sum 17');
  assert.equal(checkSiret('35600000010000'), 'ok', 'sum 15');
  assert.equal(checkSiret('35600000010005'), 'ok', 'sum 20');
  assert.equal(checkSiret('35500000000002'), 'checksum', 'sum 15, another company');
});

test('drops_separators_between_groups', () => {
  assert.equal(cleanSiret(' 130 025.265\u00a0000-13\u202f'), SIRETS.DINUM);
});

test('reads_a_number_in_every_spelling', () => {
  for (const typed of [
    'SIRET : 130\u202f025\u202f265\u202f00013',
    'N° SIRET\u00a0: 130 025 265 00013',
    'siret n°13002526500013',
    '\u202a130\u2009025\u200b265 00013\u202c',
    '１３００２５２６５０００１３',
  ])
    assert.equal(cleanSiret(typed), SIRETS.DINUM, typed);
  for (const vat of ['FR07130025265', 'FR 07 130\u202f025\u202f265', 'frAB130025265'])
    assert.equal(cleanSiret(vat), SIRETS.DINUM.slice(0, 9), vat);
  assert.equal(cleanSiret('FR07 13002526500013'), 'FR0713002526500013');
  assert.equal(cleanSiret('Sireti Conseil'), 'SiretiConseil');
});

test('distinguishes_a_number_from_a_name', () => {
  assert.equal(isMeantAsNumber('130025265'), true);
  assert.equal(isMeantAsNumber('13002526'), false);
  assert.equal(isMeantAsNumber('1300252650001A'), true);
  assert.equal(isMeantAsNumber('mairie92140'), false);
});
