// Which page an address is, and where one may be led back to.
import './document.mjs';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { matchRoute, safeReturnPath } from '../../frontend/lib/router.js';

const file = new URL('../../frontend/routes.json', import.meta.url);
const { routes } = JSON.parse(readFileSync(file, 'utf8'));
const pageOf = (path) => matchRoute(routes, path)?.route.page ?? null;

test('finds_the_page_of_an_address', () => {
  assert.deepEqual(
    Object.fromEntries(
      [
        '/',
        '/demandes',
        '/demandes/',
        '/demandes/nouvelle',
        '/demandes/6f2',
        '/demandes/6f2/formulaire',
        '/jetons/6f2',
        '/demandes/a/b/c',
        '/Demandes',
        '//',
        '/demandes//formulaire',
        '/inconnue',
      ].map((path) => [path, pageOf(path)]),
    ),
    {
      '/': 'public/home',
      '/demandes': 'request/list',
      '/demandes/': 'request/list',
      '/demandes/nouvelle': 'request/create',
      '/demandes/6f2': 'request/detail',
      '/demandes/6f2/formulaire': 'request/form',
      '/jetons/6f2': 'token/detail',
      '/demandes/a/b/c': null,
      '/Demandes': null,
      '//': 'public/home',
      '/demandes//formulaire': null,
      '/inconnue': null,
    },
  );
});

test('returns_decoded_parameters', () => {
  assert.deepEqual(matchRoute(routes, '/confirmation/AB%2FC%20D').params, { code: 'AB/C D' });
  assert.deepEqual(matchRoute(routes, '/demandes').params, {});
});

test('an_address_that_cannot_be_decoded_is_no_page', () => {
  assert.equal(matchRoute(routes, '/demandes/%E0%A4%A'), null);
});

test('redirects_to_own_paths_only', () => {
  assert.deepEqual(
    Object.fromEntries(
      [
        '/jetons/7?onglet=usage#x',
        'https://attacker.example/',
        '//attacker.example/',
        '/\\attacker.example',
        '/.//attacker.example',
        '/jetons/..//attacker.example',
        '/%2e//attacker.example',
        '/./\\attacker.example',
        'javascript:alert(1)',
        'jetons',
        '',
      ].map((wanted) => [wanted, safeReturnPath(wanted)]),
    ),
    {
      '/jetons/7?onglet=usage#x': '/jetons/7?onglet=usage#x',
      'https://attacker.example/': '/demandes',
      '//attacker.example/': '/demandes',
      '/\\attacker.example': '/demandes',
      '/.//attacker.example': '/demandes',
      '/jetons/..//attacker.example': '/demandes',
      '/%2e//attacker.example': '/demandes',
      '/./\\attacker.example': '/demandes',
      'javascript:alert(1)': '/demandes',
      jetons: '/demandes',
      '': '/demandes',
    },
  );
  assert.equal(safeReturnPath(null), '/demandes');
});
