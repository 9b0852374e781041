// The two remote directories: what they answer, what they hide, and what happens while they are away.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Outbound } from '../support/outbound.mjs';
import { freePort } from '../support/ports.mjs';
import { stopwatch } from '../support/stopwatch.mjs';

const SIRET = '13002526500013';
const HIDDEN = '15700001900461';
let server;
let url;
let requests = [];
let answer;

before(async () => {
  server = http.createServer((req, res) => {
    requests.push(req);
    answer(req, res, new URL(req.url ?? '', 'http://x'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const json = (status, body) => (req, res) =>
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));

function inseeEstablishment({ siret = SIRET, unit = {}, address = {}, state = 'A' } = {}) {
  return {
    siren: siret.slice(0, 9),
    siret,
    uniteLegale: {
      categorieJuridiqueUniteLegale: '7120',
      denominationUniteLegale: 'DIRECTION INTERMINISTERIELLE DU NUMERIQUE',
      ...unit,
    },
    adresseEtablissement: {
      numeroVoieEtablissement: '20',
      indiceRepetitionEtablissement: null,
      typeVoieEtablissement: 'AVENUE',
      libelleVoieEtablissement: 'DE SEGUR',
      codePostalEtablissement: '75007',
      libelleCommuneEtablissement: 'PARIS',
      ...address,
    },
    periodesEtablissement: [
      { dateFin: '2018-01-01', dateDebut: '2011-01-01', etatAdministratifEtablissement: 'F' },
      { dateFin: null, dateDebut: '2018-01-02', etatAdministratifEtablissement: state },
    ],
  };
}

async function withDirectory(kind, body, settings = {}) {
  requests = [];
  const outbound = new Outbound({
    GUICHET_DIRECTORY: kind,
    GUICHET_DIRECTORY_URL: url,
    GUICHET_DIRECTORY_KEY: 'key',
    ...settings,
  });
  let code;
  try {
    await body(outbound);
  } finally {
    code = await outbound.close(); // a program that goes on would keep the file from its end
  }
  assert.equal(code, 0);
}
const withInsee = (body, settings) => withDirectory('insee', body, settings);
const find = (outbound, siret = SIRET) => outbound.ask({ do: 'find', siret });

test('insee_reads_the_current_period', async () => {
  await withInsee(async (outbound) => {
    answer = json(200, { etablissement: inseeEstablishment() });
    assert.deepEqual(await find(outbound), {
      error: 'ok',
      establishment: {
        siret: SIRET,
        name: 'DIRECTION INTERMINISTERIELLE DU NUMERIQUE',
        legal_category: '7120',
        address: '20 AVENUE DE SEGUR, 75007 PARIS',
        open: true,
      },
    });
    assert.equal(requests[0].url, `/siret/${SIRET}`);
    assert.equal(requests[0].headers['x-insee-api-key-integration'], 'key');
    answer = json(200, { etablissement: inseeEstablishment({ state: 'F' }) });
    assert.equal((await find(outbound)).establishment.open, false);
  });
});

test('insee_names_sole_traders_and_hides_unpublished_fields', async () => {
  await withInsee(async (outbound) => {
    const person = {
      categorieJuridiqueUniteLegale: '1000',
      denominationUniteLegale: null,
      prenom1UniteLegale: 'CAMILLE',
      nomUniteLegale: 'MARTIN',
    };
    answer = json(200, { etablissement: inseeEstablishment({ unit: person }) });
    assert.equal((await find(outbound)).establishment.name, 'CAMILLE MARTIN');
    const hidden = Object.fromEntries(Object.keys(person).map((name) => [name, '[ND]']));
    const address = {
      numeroVoieEtablissement: '[ND]',
      typeVoieEtablissement: '[ND]',
      libelleVoieEtablissement: '[ND]',
    };
    answer = json(200, {
      etablissement: inseeEstablishment({
        siret: HIDDEN,
        unit: { ...hidden, categorieJuridiqueUniteLegale: '7150' },
        address: {
          ...address,
          codePostalEtablissement: '[ND]',
          libelleCommuneEtablissement: 'ISSY',
        },
      }),
    });
    assert.deepEqual((await find(outbound, HIDDEN)).establishment, {
      siret: HIDDEN,
      name: 'Nom non diffusé',
      legal_category: '7150',
      address: 'ISSY',
      open: true,
    });
  });
});

test('insee_distinguishes_unknown_from_unavailable', async () => {
  await withInsee(async (outbound) => {
    const header = (statut, message = 'x') => json(statut, { header: { statut, message } });
    for (const [status, message] of [
      [404, 'Aucun élément trouvé pour le siret'],
      [403, 'Établissement non diffusable'],
      [301, 'Établissement fermé pour cause de doublon'],
    ]) {
      answer = header(status, message);
      assert.equal((await find(outbound)).error, 'not-found', String(status));
    }
    assert.doesNotMatch(outbound.log, /directory_down/);
    for (const status of [401, 403, 429, 500, 503, 302]) {
      answer = header(status);
      assert.equal((await find(outbound)).error, 'unavailable', String(status));
    }
  });
});

/** What the log says of the calls that failed. */
const causes = (outbound) =>
  [...outbound.log.matchAll(/"event":"directory_down".*?"cause":"(\w+)".*?"status":(\d+)/g)].map(
    ([, cause, status]) => [cause, Number(status)],
  );

test('each_cause_of_a_failure_is_logged_as_what_it_is', async () => {
  await withInsee(async (outbound) => {
    const gateway = (status) => json(status, { message: 'Forbidden', http_status_code: status });
    for (const one of [gateway(401), gateway(403), gateway(500), (req) => req.socket.destroy()]) {
      answer = one;
      assert.equal((await find(outbound)).error, 'unavailable');
    }
    assert.deepEqual(causes(outbound), [
      ['refused', 401],
      ['refused', 403],
      ['broken', 500],
      ['broken', 0],
    ]);
  });
  const nobody = `http://127.0.0.1:${await freePort()}`;
  await withInsee(
    async (outbound) => {
      assert.equal((await find(outbound)).error, 'unavailable');
      assert.deepEqual(causes(outbound), [['unreachable', 0]]);
    },
    { GUICHET_DIRECTORY_URL: nobody },
  );
});

test('a_directory_asked_too_often_is_left_alone_as_long_as_it_says', async () => {
  await withInsee(async (outbound) => {
    const limited = (after) => (req, res) => res.writeHead(429, { 'Retry-After': after }).end();
    answer = limited('0');
    assert.equal((await find(outbound)).error, 'unavailable');
    answer = json(200, { etablissement: inseeEstablishment() });
    assert.equal((await find(outbound)).error, 'ok', 'Retry-After: 0 keeps nobody away');
    answer = limited(new Date(Date.now() + 3_600_000).toUTCString());
    assert.equal((await find(outbound)).error, 'unavailable');
    const asked = requests.length;
    answer = json(200, { etablissement: inseeEstablishment() });
    assert.equal((await find(outbound)).error, 'unavailable');
    assert.equal((await outbound.ask({ do: 'search', words: 'dinum' })).error, 'unavailable');
    assert.equal(requests.length, asked);
    assert.deepEqual(causes(outbound), [
      ['limited', 429],
      ['limited', 429],
      ['limited', 0],
      ['limited', 0],
    ]);
  });
});

const link = (siretEtablissementSuccesseur, dateLienSuccession) => ({
  siretEtablissementPredecesseur: SIRET,
  siretEtablissementSuccesseur,
  dateLienSuccession,
  transfertSiege: true,
});

test('insee_names_the_one_that_took_the_place_of_a_closed_one', async () => {
  let links = json(200, {
    liensSuccession: [
      link(HIDDEN, '2019-01-01'),
      link('26380030200014', '2021-06-01'),
      link(SIRET, '2024-01-01'),
      link('x', '2025-01-01'),
      link('13002526500021', '2020-01-01'),
    ],
  });
  let state = 'F';
  await withInsee(async (outbound) => {
    answer = (req, res, { pathname, searchParams }) =>
      pathname === '/siret/liensSuccession'
        ? searchParams.get('q') === `siretEtablissementPredecesseur:${SIRET}`
          ? links(req, res)
          : json(400, {})(req, res)
        : json(200, { etablissement: inseeEstablishment({ state }) })(req, res);
    const closed = (await find(outbound)).establishment;
    assert.deepEqual([closed.open, closed.successor], [false, '26380030200014']);
    for (const one of [json(404, {}), json(500, {}), json(200, {})]) {
      links = one;
      const { error, establishment } = await find(outbound);
      assert.deepEqual(
        [error, establishment.open, establishment.successor],
        ['ok', false, undefined],
      );
    }
    state = 'A';
    const before = requests.length;
    assert.equal((await find(outbound)).establishment.successor, undefined);
    assert.equal(requests.length, before + 1, 'an open one has none, and nobody is asked');
  });
});

test('insee_leads_from_a_number_given_twice_to_the_one_that_lives_on', async () => {
  let location = `${url}/siret/${HIDDEN}`;
  await withInsee(async (outbound) => {
    answer = (req, res, { pathname }) =>
      pathname === `/siret/${SIRET}`
        ? res.writeHead(301, { Location: location }).end()
        : json(200, { etablissement: inseeEstablishment({ siret: HIDDEN }) })(req, res);
    const { establishment } = await find(outbound);
    assert.deepEqual(
      [establishment.siret, establishment.open, establishment.successor],
      [SIRET, false, HIDDEN],
    );
    for (location of [`${url}/siret/${SIRET}`, `${url}/siret/x`, '/']) {
      assert.equal((await find(outbound)).error, 'not-found');
    }
  });
});

test('two_questions_together_take_no_longer_than_one', async () => {
  await withInsee(async (outbound) => {
    answer = (req, res, { pathname }) => {
      if (pathname === '/siret/liensSuccession') return;
      json(200, { etablissement: inseeEstablishment({ state: 'F' }) })(req, res);
    };
    const elapsedMs = stopwatch();
    assert.equal((await find(outbound)).establishment.open, false);
    assert.ok(elapsedMs() < 4000);
  });
});

test('insee_refuses_answers_that_break_its_contract', async () => {
  const good = inseeEstablishment();
  const broken = [
    json(200, {}),
    json(200, { etablissement: null }),
    json(200, { etablissement: { ...good, siret: 'x' } }),
    json(200, { etablissement: { ...good, siret: HIDDEN } }),
    json(200, { etablissement: { ...good, uniteLegale: 'x' } }),
    json(200, { etablissement: { ...good, periodesEtablissement: [] } }),
    json(200, { etablissement: { ...good, periodesEtablissement: 'x' } }),
    (req, res) => res.end('<html>maintenance</html>'),
    (req, res) => res.end(JSON.stringify({ etablissement: good }).slice(0, 50)),
    (req) => req.socket.destroy(),
  ];
  await withInsee(async (outbound) => {
    for (const one of broken) {
      answer = one;
      assert.equal((await find(outbound)).error, 'unavailable');
    }
    assert.match(outbound.log, /directory_down/);
  });
});

test('insee_escapes_operators_in_searched_words', async () => {
  await withInsee(async (outbound) => {
    answer = json(200, {
      etablissements: [inseeEstablishment(), inseeEstablishment({ siret: HIDDEN })],
    });
    const found = await outbound.ask({
      do: 'search',
      words: 'mairie" OR siren:* été-Lyon',
      limit: 2,
      offset: 4,
    });
    assert.deepEqual(
      found.establishments.map(({ siret }) => siret),
      [SIRET, HIDDEN],
    );
    const query = new URL(requests[0].url, url).searchParams;
    assert.equal(query.get('nombre'), '2');
    assert.equal(query.get('debut'), '4');
    const words = ['OR', 'siren', 'été', 'Lyon']
      .map((w) => `(denominationUniteLegale:"${w}" OR libelleCommuneEtablissement:"${w}")`)
      .join(' AND ');
    const communes = ['7210', '7229'].map((c) => `categorieJuridiqueUniteLegale:${c}`).join(' OR ');
    assert.equal(query.get('q'), `${words} AND (${communes} OR denominationUniteLegale:"mairie")`);
    for (const [typed, criteria] of [
      ['130 025 265', 'siren:130025265'],
      [SIRET, `siret:${SIRET}`],
      ['130 025 265 000', 'siret:130025265000*'],
    ]) {
      await outbound.ask({ do: 'search', words: typed });
      assert.equal(new URL(requests.at(-1).url, url).searchParams.get('q'), criteria);
    }
    answer = json(404, {});
    assert.deepEqual((await outbound.ask({ do: 'search', words: 'rien' })).establishments, []);
    assert.deepEqual((await outbound.ask({ do: 'search', words: '"*"' })).establishments, []);
    assert.equal(requests.length, 5);
  });
});

const unit = {
  siren: '130025265',
  nom_complet: 'DIRECTION INTERMINISTERIELLE DU NUMERIQUE (DINUM)',
  nature_juridique: '7120',
  etat_administratif: 'A',
  siege: {
    siret: SIRET,
    adresse: '20 AVENUE DE SEGUR 75007 PARIS',
    code_postal: '75007',
    libelle_commune: 'PARIS',
    etat_administratif: 'A',
  },
  matching_etablissements: [
    { siret: '13002526500021', adresse: '1 RUE X 69001 LYON', etat_administratif: 'F' },
    { siret: SIRET, adresse: '20 AVENUE DE SEGUR 75007 PARIS', etat_administratif: 'A' },
  ],
};

test('recherche_entreprises_finds_and_searches', async () => {
  await withDirectory('recherche-entreprises', async (outbound) => {
    answer = json(200, { results: [unit], total_results: 1, page: 1, per_page: 20 });
    assert.deepEqual(await find(outbound), {
      error: 'ok',
      establishment: {
        siret: SIRET,
        name: 'DIRECTION INTERMINISTERIELLE DU NUMERIQUE (DINUM)',
        legal_category: '7120',
        address: '20 AVENUE DE SEGUR 75007 PARIS',
        open: true,
      },
    });
    const found = await outbound.ask({ do: 'search', words: 'dinum paris', limit: 20, offset: 20 });
    assert.deepEqual(
      found.establishments.map(({ siret, open }) => [siret, open]),
      [
        ['13002526500021', false],
        [SIRET, true],
      ],
    );
    const query = new URL(requests[1].url, url).searchParams;
    assert.deepEqual(
      [query.get('q'), query.get('page'), query.get('per_page')],
      ['dinum paris', '2', '20'],
    );
    await outbound.ask({ do: 'search', words: '130 025 265' });
    assert.equal(new URL(requests[2].url, url).searchParams.get('q'), '130025265');
    const former = { ...unit.siege, siret: '13002526500021', etat_administratif: 'F' };
    const moved = (ancien_siege) =>
      json(200, { results: [{ ...unit, matching_etablissements: [{ ...former, ancien_siege }] }] });
    answer = moved(true);
    assert.equal((await find(outbound, former.siret)).establishment.successor, SIRET);
    answer = moved(false);
    assert.equal((await find(outbound, former.siret)).establishment.successor, undefined);
    answer = json(200, { results: [] });
    assert.equal((await find(outbound)).error, 'not-found');
    answer = json(200, { results: [{ ...unit, siege: null, matching_etablissements: 'x' }] });
    assert.equal((await find(outbound)).error, 'not-found');
    answer = json(429, { erreur: 'x' });
    assert.equal((await find(outbound)).error, 'unavailable');
    answer = json(200, { results: 'x' });
    assert.equal((await find(outbound)).error, 'unavailable');
  });
});

test('answers_within_two_seconds_whatever_the_directory_does', async () => {
  await withInsee(async (outbound) => {
    answer = () => {};
    const elapsedMs = stopwatch();
    assert.equal((await find(outbound)).error, 'unavailable');
    assert.ok(elapsedMs() < 4000);
  });
  await withInsee(async (outbound) => assert.equal((await find(outbound)).error, 'unavailable'), {
    GUICHET_DIRECTORY_URL: `http://127.0.0.1:${await freePort()}`,
  });
});

test('refuses_an_unknown_kind_of_directory', async () => {
  const outbound = new Outbound({ GUICHET_DIRECTORY: 'nonsense' });
  assert.equal(await outbound.close(), 2);
  assert.match(outbound.log, /GUICHET_DIRECTORY/);
});
