// What proves the audit: tampering by the database's owner, who may switch off triggers, write what they want and
// compute every hash, but does not have the master key.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

/** Of a seal after its COMMIT: a look every second, and the load of the machine. */
const SEALED_MS = 20_000;

let server;
let admin;
before(async () => {
  server = await startServer();
  admin = await logInAs(server, { siret: SIRETS.DINUM, role: 'admin' });
});
after(() => server.stop());

const rows = (sql) => server.database.rows(sql);
/** As the owner, whom no trigger holds. */
const tamper = (sql) => server.database.sql(`set session_replication_role = replica; ${sql}`);
const newKey = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64');

/** One act that leaves one row. */
async function act() {
  const domain = `d${Math.random().toString(36).slice(2)}.example`;
  const path = `/v1/organisations/${SIRETS.DINUM}/trusted-domains`;
  (await admin.client.post(path, { domain })).expect(201);
}

async function sealed() {
  await waitFor(
    'the seals',
    async () =>
      (await rows('select count(*) as n from audit_unsealed where not refused'))[0].n === 0,
    { timeoutMs: SEALED_MS },
  );
}

/** What `verify-audit` says, and the code that it ends with. */
async function verify(args = [], env = {}) {
  const result = await runProgram(['verify-audit', ...args], { env: { ...server.env, ...env } });
  return { code: result.code, text: result.stdout + result.stderr };
}

async function head() {
  const [{ text }] = await rows(
    "select place || ':' || encode(mac, 'hex') as text from audit_seal order by place desc limit 1",
  );
  return text;
}

/** Keeps the tables of the audit, lets the owner do something, and puts them back. */
async function whileTampered(sql, use) {
  await server.database.sql(
    'create table kept as table audit; create table kept_seal as table audit_seal; create table kept_unsealed as table audit_unsealed',
  );
  try {
    await tamper(sql);
    await use();
  } finally {
    await tamper(`delete from audit; insert into audit select * from kept;
      delete from audit_seal; insert into audit_seal select * from kept_seal;
      delete from audit_unsealed; insert into audit_unsealed select * from kept_unsealed;
      drop table kept, kept_seal, kept_unsealed`);
  }
  assert.equal((await verify()).code, 0, 'whole again');
}

beforeEach(async () => {
  for (let i = 0; i < 3; i++) await act();
  await sealed();
});

const MIDDLE = '(select id from audit order by id offset 2 limit 1)';
const idOfMiddle = async () => (await rows(`select ${MIDDLE} as id`))[0].id;

describe('the chain', () => {
  test('is_sealed_within_seconds_of_each_act_in_places_without_gaps', async () => {
    const [{ places, last, audited }] = await rows(
      'select count(*) as places, max(place) as last, (select count(*) from audit) as audited from audit_seal',
    );
    assert.equal(places, last);
    assert.equal(places, audited);
    const { code, text } = await verify();
    assert.equal(code, 0, text);
    assert.match(text, new RegExp(`^${places} rows are sealed, 0 wait for their seal$`, 'm'));
    assert.match(text, /the chain is whole/);
  });

  test('names_a_row_that_was_rewritten', async () => {
    const id = await idOfMiddle();
    for (const change of [
      "action = 'nothing'",
      'actor_id = gen_random_uuid()',
      'detail = detail || \'{"more": 1}\'',
      "at = at - interval '1 microsecond'",
      "address = '198.51.100.7'",
    ])
      await whileTampered(`update audit set ${change} where id = ${id}`, async () => {
        const { code, text } = await verify();
        assert.equal(code, 1, change);
        assert.match(text, new RegExp(`^row ${id} does not follow`, 'm'), change);
        assert.equal(text.match(/^row /gm).length, 1, 'that row alone');
      });
  });

  test('names_a_row_that_is_gone_and_one_whose_seal_went_with_it', async () => {
    const id = await idOfMiddle();
    await whileTampered(`delete from audit where id = ${id}`, async () => {
      const { code, text } = await verify();
      assert.equal(code, 1);
      assert.match(text, new RegExp(`^row ${id} is gone$`, 'm'));
    });
    await whileTampered(
      `delete from audit_seal where audit_id = ${id}; delete from audit where id = ${id}`,
      async () => assert.match((await verify()).text, /^the places (\d+) to \1 are missing$/m),
    );
    await whileTampered(
      `delete from audit_seal where audit_id = ${id}; delete from audit where id = ${id};
       update audit_seal set place = place - 1 where place > 3`,
      async () => assert.equal((await verify()).code, 1, 'places closed up'),
    );
  });

  test('names_rows_that_changed_places', async () => {
    const id = await idOfMiddle();
    await whileTampered(
      `update audit_seal set audit_id = -audit_id where audit_id in (${id}, ${id} + 1);
       update audit_seal set audit_id = case when -audit_id = ${id} then ${id} + 1 else ${id} end where audit_id < 0`,
      async () => assert.equal((await verify()).code, 1),
    );
  });

  test('names_a_row_sealed_where_the_chain_does_not_go', async () => {
    const known = await head();
    const id = await idOfMiddle();
    const forged = (number) =>
      `insert into audit (id, actor_kind, action, subject_type, subject_id)
         values (${number}, 'system', 'request.approve', 'request', 'x');`;
    for (const place of [0, -7])
      await whileTampered(
        `${forged(-100)} insert into audit_seal values (${place}, -100, now(), '', null, '')`,
        async () => {
          const { code, text } = await verify(['--from', known]);
          assert.equal(code, 1);
          assert.match(
            text,
            new RegExp(`^row -100 is sealed at place ${place}, which is none$`, 'm'),
          );
        },
      );
    await whileTampered(
      `${forged(-100)} insert into audit_unsealed (audit_id) values (-100)`,
      async () => {
        await act();
        await sealed(); // or refused: the worker overlooks none
      },
    );
    const keys = (table) => `alter table ${table} drop constraint ${table}_pk`;
    await server.database.sql(`${keys('audit')}; ${keys('audit_seal')}`);
    try {
      await whileTampered(forged(id), async () =>
        assert.match((await verify()).text, /^row \d+ is sealed at place \d+, which is taken$/m),
      );
      await whileTampered(
        `${forged(-100)} insert into audit_seal select place, -100, sealed_at, key_id, null, mac from audit_seal where audit_id = ${id}`,
        async () =>
          assert.match(
            (await verify()).text,
            /^row -?\d+ is sealed at place \d+, which is taken$/m,
          ),
      );
    } finally {
      const restore = (table, column) =>
        `alter table ${table} add constraint ${table}_pk primary key (${column})`;
      await server.database.sql(`${restore('audit', 'id')}; ${restore('audit_seal', 'place')}`);
    }
  });

  // A place that is taken twice is skipped where one reading of a thousand ends and the next begins.
  test('counts_what_it_reads', async () => {
    await server.database.sql('alter table audit_seal drop constraint audit_seal_pk');
    try {
      await whileTampered(
        `insert into audit_seal
           select (select max(place) from audit_seal) + n, -n, now(), '', null, '' from generate_series(1, 1200) n`,
        async () => {
          const [{ place }] = await rows(
            'select place from audit_seal order by place offset 999 limit 1',
          );
          const counted = async () =>
            /^\d+ rows stand where \d+ are sealed/m.test((await verify()).text);
          assert.equal(await counted(), false);
          await tamper(`insert into audit_seal values (${place}, -5000, now(), '', null, '')`);
          assert.equal(await counted(), true);
        },
      );
    } finally {
      await server.database.sql(
        'alter table audit_seal add constraint audit_seal_pk primary key (place)',
      );
    }
  });

  test('tells_the_latest_row_that_lost_its_address', async () => {
    const id = await idOfMiddle();
    await whileTampered(`update audit set address = null where id = ${id}`, async () => {
      const [{ at }] = await rows(
        `select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') as at from audit where id = ${id}`,
      );
      const { code, text } = await verify();
      assert.equal(code, 0, 'its time may have come');
      assert.match(text, new RegExp(`^1 rows have lost their address, the latest of ${at}`, 'm'));
    });
    assert.doesNotMatch((await verify()).text, /lost their address/);
  });

  test('never_seals_a_row_that_the_program_did_not_write', async () => {
    const columns =
      'actor_kind, actor_id, action, subject_type, subject_id, product, siret, detail, address, request_id';
    const [{ id: copied }] = await rows(
      'select id from audit where nonce is not null order by id limit 1',
    );
    await server.database.sql('alter table audit drop constraint audit_nonce_uq');
    for (const forged of [
      'gen_random_uuid(), tag', // the tag of another row
      'nonce, tag', // a copy, whose tag is good
      "gen_random_uuid(), sha256('x')",
    ])
      await server.database.sql(
        `insert into audit (${columns}, nonce, tag) select ${columns}, ${forged} from audit where id = ${copied}`,
      );
    await act();
    await sealed();
    const { code, text } = await verify();
    assert.equal(code, 1);
    assert.equal(text.match(/^row \d+ was not written by the program/gm).length, 3, text);
    assert.equal(server.logs.filter(({ event }) => event === 'audit_refused').length, 3);
    await tamper(`delete from audit where id in (select audit_id from audit_unsealed); delete from audit_unsealed;
      alter table audit add constraint audit_nonce_uq unique (nonce)`);
    assert.equal((await verify()).code, 0);
  });

  test('names_a_row_put_in_behind_the_triggers', async () => {
    await whileTampered(
      `insert into audit (id, actor_kind, action, subject_type, subject_id)
       select max(id) + 1000, 'system', 'staff.grant', 'account', 'x' from audit`,
      async () => {
        const { code, text } = await verify();
        assert.equal(code, 1);
        assert.match(text, /^row \d+ was not written by the program/m);
      },
    );
  });
});

describe('a head that was kept elsewhere', () => {
  const CUT = `delete from audit where id in (select audit_id from audit_seal order by place desc limit 2);
    delete from audit_seal where place > (select max(place) - 2 from audit_seal)`;

  test('finds_an_end_that_was_cut_off', async () => {
    const known = await head();
    await whileTampered(CUT, async () => {
      assert.equal((await verify()).code, 0, 'the chain alone says nothing of its end');
      const { code, text } = await verify(['--from', known]);
      assert.equal(code, 1);
      assert.match(text, /^the audit was cut: it ends before place \d+/m);
    });
    assert.equal((await verify(['--from', known])).code, 0);
  });

  // Both rows were sealed by the program at the same place, one after the other.
  test('finds_a_former_end_put_back_below_a_new_one', async () => {
    await whileTampered(CUT, async () => {
      for (let i = 0; i < 2; i++) await act();
      await sealed();
      const known = await head();
      const place = Number(known.split(':')[0]) - 1;
      assert.equal((await verify(['--from', known])).code, 0, 'the end is another one');
      await tamper(`delete from audit where id = (select audit_id from audit_seal where place = ${place});
        delete from audit_seal where place = ${place};
        insert into audit_seal select * from kept_seal where place = ${place};
        insert into audit select * from kept where id = (select audit_id from kept_seal where place = ${place})`);
      const { code, text } = await verify(['--from', known]);
      assert.equal(code, 1, text);
      assert.match(text, /^row \d+ does not follow/m);
    });
  });

  test('finds_a_chain_that_was_written_anew', async () => {
    const known = await head();
    const [place, mac] = known.split(':');
    const other = (mac[0] === '0' ? '1' : '0') + mac.slice(1);
    const { code, text } = await verify([`--from=${place}:${other}`]);
    assert.equal(code, 1);
    assert.match(text, new RegExp(`^the audit was written anew: place ${place} `, 'm'));
  });

  test('has_to_be_there_where_one_was_asked_for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guichet-head-'));
    const empty = join(folder, 'empty');
    await writeFile(empty, '');
    for (const from of [empty, '']) {
      const { code, text } = await verify([`--from=${from}`]);
      assert.equal(code, 1, text);
      assert.match(text, /holds no head of the audit|cannot be read/);
    }
    await rm(folder, { recursive: true });
  });

  test('stands_in_the_log_each_minute', async () => {
    await server.end();
    await server.start(); // says it at once
    await waitFor('the head', () => server.logs.some(({ event }) => event === 'audit_head'));
    const path = join(server.dataDir, 'guichet.log');
    await writeFile(path, server.stderr);
    const { head: logged } = server.logs.findLast(({ event }) => event === 'audit_head');
    assert.match(logged, /^\d+:[0-9a-f]{64}$/);
    assert.equal((await verify(['--from', path])).code, 0);
    await whileTampered(
      `delete from audit where id in (select audit_id from audit_seal where place >= ${logged.split(':')[0]});
       delete from audit_seal where place >= ${logged.split(':')[0]}`,
      async () => assert.match((await verify(['--from', path])).text, /the audit was cut/),
    );
    await writeFile(path, '{"event":"started","at":"2026-11-30T20:38:17Z"}\n');
    const none = await verify(['--from', path]);
    assert.equal(none.code, 1);
    assert.match(none.text, /guichet\.log holds no head/);
    assert.match((await verify(['--from', '/nowhere.log'])).text, /cannot be read/);
  });

  test('stands_beside_each_copy', async () => {
    const copy = join(server.dataDir, 'copy.dump');
    await server.command(['backup', copy]);
    assert.equal((await readFile(`${copy}.head`, 'utf8')).trim(), await head());
    assert.equal((await verify(['--from', copy])).code, 0);
    await whileTampered(CUT, async () => {
      assert.match((await verify(['--from', copy])).text, /the audit was cut/);
      const cut = join(server.dataDir, 'cut.dump');
      await server.command(['backup', cut]);
      await writeFile(`${cut}.head`, await readFile(`${copy}.head`));
      const checked = await runProgram(['backup', 'check', cut], { env: server.env });
      assert.equal(checked.code, 1);
      assert.match(checked.stdout, /audit: the audit was cut/);
    });
  });
});

describe('rows of a version before the seals', () => {
  const CHAIN = `do $$ declare r record; before bytea; begin
    for r in select id from audit where tag is null order by id loop
      update audit set previous_hash = before where id = r.id;
      update audit a set hash = audit_row_hash(a.previous_hash, a) where id = r.id;
      select hash into before from audit where id = r.id;
    end loop; end $$`;
  let former;
  before(async () => {
    former = await startServer({ start: false });
    await former.database.sql(`set session_replication_role = replica;
      insert into audit (id, actor_kind, action, subject_type, subject_id, address)
      select i, 'system', 'staff.grant', 'account', i::text, '192.0.2.1' from generate_series(1, 4) i;
      ${CHAIN};
      insert into audit_unsealed (audit_id) select id from audit;
      select setval('audit_id_seq', 5, false)`);
    await former.start();
    await logInAs(former, { siret: SIRETS.DINUM });
    await waitFor('the seals', async () => {
      const [{ n }] = await former.database.rows('select count(*) as n from audit_unsealed');
      return n === 0;
    });
  });
  after(() => former.stop());
  const verifyFormer = async () => {
    const { code, stdout } = await runProgram(['verify-audit'], { env: former.env });
    return { code, text: stdout };
  };

  test('are_verified_by_their_hashes_and_sealed_as_well', async () => {
    const { code, text } = await verifyFormer();
    assert.equal(code, 0, text);
    assert.match(text, /^[5-9] rows are sealed, 0 wait/m);
    await former.database.sql(
      "set session_replication_role = replica; update audit set subject_id = 'x' where id = 2",
    );
    assert.match(
      (await verifyFormer()).text,
      /^row 2 does not follow .* \(of before the seals\)$/m,
    );
    // The owner computes every hash anew: the chain of hashes is whole, the seals are not.
    await former.database.sql(`set session_replication_role = replica; ${CHAIN}`);
    const rewritten = await verifyFormer();
    assert.equal(rewritten.code, 1);
    assert.doesNotMatch(rewritten.text, /of before the seals/);
    assert.match(rewritten.text, /^row 2 does not follow/m);
  });

  test('are_taken_for_a_day_after_the_first_seal_and_no_longer', async () => {
    await former.database.sql(`set session_replication_role = replica;
      update audit_seal set sealed_at = sealed_at - interval '25 hours' where place = 1`);
    await former.database.sql(
      "insert into audit (actor_kind, action, subject_type, subject_id) values ('system', 'staff.grant', 'account', 'late')",
    );
    await logInAs(former, { siret: SIRETS.DINUM });
    await waitFor('the refusal', () => former.logs.some(({ event }) => event === 'audit_refused'));
  });
});

describe('the master key', () => {
  test('is_needed_to_verify', async () => {
    const { code, text } = await verify([], { GUICHET_MASTER_KEY: newKey() });
    assert.equal(code, 1);
    assert.match(text, /^GUICHET_MASTER_KEY is not the key of this database/m);
    assert.doesNotMatch((await verify()).text, /GUICHET_MASTER_KEY/);
    assert.match(
      text,
      /^row \d+ is sealed with the key [0-9a-f]{16}, which is none of those given$/m,
    );
  });

  test('is_changed_and_the_former_one_still_verifies', async () => {
    const former = (await readFile(join(server.dataDir, 'master.key'), 'utf8')).trim();
    const env = { GUICHET_MASTER_KEY: `${newKey()}\n${former}` };
    await server.end();
    const second = await startServer({ database: server.database, dataDir: server.dataDir, env });
    try {
      const again = await logInAs(second, { siret: SIRETS.DINUM, role: 'admin' });
      const path = `/v1/organisations/${SIRETS.DINUM}/trusted-domains`;
      (await again.client.post(path, { domain: 'rotated.example' })).expect(201);
      await sealed();
      const [{ keys }] = await rows('select count(distinct key_id) as keys from audit_seal');
      assert.equal(keys, 2);
      assert.equal((await verify([], env)).code, 0);
      assert.equal((await verify()).code, 1, 'the former key alone');
      const bad = await verify([], { GUICHET_MASTER_KEY: `${env.GUICHET_MASTER_KEY}\nx` });
      assert.match(bad.text, /GUICHET_MASTER_KEY: key 3: it must be base64/);
    } finally {
      await second.end();
    }
  });
});
