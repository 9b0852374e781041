// What a call costs the database (its record, its roll-up, its room on disk), and from that and the cost of
// a call in the program (`gateway.mjs` finds it) what a rate of calls needs: the table of
// api/deploy/SIZING.md. `node tests/bench/sizing.mjs [--calls 1000000] [--call-us 96]`
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { makeFolder } from '../support/daemon.mjs';
import { createDatabase } from '../support/database.mjs';

const { values: options } = parseArgs({
  options: {
    calls: { type: 'string', default: '1000000' },
    'call-us': { type: 'string', default: '96' },
  },
});
const CALLS = Number(options.calls);
const CALL_US = Number(options['call-us']);
const TOKENS = 1000;
const RATES = [1e3, 1e5, 1e7];
const PEAK = 3; /* the busiest minute beside the mean one of working hours */
const WORKING_HOURS = 10;
const DAYS = 30;
const BUSY = 0.6; /* of a processor, so that a peak and a lost instance fit in */
const COLUMNS =
  'at, token_id, endpoint, params, context, object, recipient, status, duration_us, provider_us, request_id, address';

// Clock ticks (10 ms) that the backend itself has taken.
const SPENT = `(select (f[12]::int + f[13]::int) * 10 from
  string_to_array(split_part(pg_read_file('/proc/self/stat'), ') ', 2), ' ') f)`;

function script(file) {
  return `
    set jit = off;
    create temp table made as
      select date_trunc('hour', now()) - interval '2 hours' + i * interval '1 hour' / ${CALLS + 1} as at,
             md5((i % ${TOKENS})::text)::uuid as token_id, '/v4/insee/sirene/unites_legales/{siren}' as endpoint,
             '{"siren":"130025265"}' as params, 'Marchés publics' as context, 'dossier-1234' as object,
             '21690123100011' as recipient, 200 as status, (1000 + random() * 60000)::bigint as duration_us,
             19000 as provider_us, gen_random_uuid()::text as request_id, '203.0.113.17' as address
      from generate_series(1, ${CALLS}) i;
    copy made to '${file}';
    update call_rolled set until = date_trunc('hour', now()) - interval '2 hours';
    create temp table found as select ${SPENT} as before_ms, pg_current_wal_lsn() as lsn;
    copy call (${COLUMNS}) from '${file}';
    create temp table copied as select ${SPENT} - before_ms as ms, pg_current_wal_lsn() - lsn as wal from found;
    create temp table start as select ${SPENT} as before_ms;
    create temp table called as select call_roll_next();
    select json_build_object(
      'record_us', (select ms from copied) * 1000.0 / ${CALLS},
      'wal_bytes', (select wal from copied) / ${CALLS},
      'roll_us', (${SPENT} - (select before_ms from start)) * 1000.0 / ${CALLS},
      'disk_bytes', (select sum(pg_total_relation_size(inhrelid)) from pg_inherits
                     where inhparent = 'call'::regclass) / ${CALLS},
      'hour_rows', (select count(*) from call_hour),
      'hour_bytes', pg_total_relation_size('call_hour'))`;
}

async function measure() {
  const folder = await makeFolder();
  const database = await createDatabase();
  try {
    const lines = await database.sql(script(`${folder.path}/calls`));
    return JSON.parse(lines.at(-1));
  } finally {
    await database.drop();
    await rm(folder.path, { recursive: true, force: true });
  }
}

const round = (number) => Number(number.toPrecision(2));
const size = (bytes) => {
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${round(bytes / 1000 ** power)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
};

/** A line for each need; a column for each rate (mean calls a minute in working hours). */
function table(found) {
  const peak = (rate) => (rate / 60) * PEAK;
  const daily = (rate) => rate * 60 * WORKING_HOURS;
  const processors = (us) => (rate) => round((peak(rate) * us) / 1e6 / BUSY);
  const lines = [
    ['calls a second, at the peak', (rate) => round(peak(rate))],
    ['processors for the program', processors(CALL_US)],
    ['processors for PostgreSQL: the record', processors(found.record_us)],
    ['write-ahead log a second, at the peak', (rate) => size(peak(rate) * found.wal_bytes)],
    ['roll-up of an hour', (rate) => `${round((rate * 60 * found.roll_us) / 1e6)} s`],
    ['calls a day', (rate) => daily(rate).toExponential(0)],
    ['room of a day of call details', (rate) => size(daily(rate) * found.disk_bytes)],
    [`room of ${DAYS} days of them`, (rate) => size(daily(rate) * found.disk_bytes * DAYS)],
  ];
  return lines.map(([name, of]) => `| ${[name, ...RATES.map(of)].join(' | ')} |`);
}

const found = await measure();
console.log(
  `${CALLS} calls of ${TOKENS} tokens in an hour: ${found.record_us.toFixed(1)} µs and ${found.wal_bytes.toFixed(0)} bytes of log ` +
    `to record one, ${found.disk_bytes.toFixed(0)} bytes on disk, ${found.roll_us.toFixed(2)} µs to roll one up ` +
    `(${found.hour_rows} rows, ${size(found.hour_bytes)} for the hour); ${CALL_US} µs in the program`,
);
console.log(
  ['| need | 10³ a minute | 10⁵ | 10⁷ |', '|---|---|---|---|', ...table(found)].join('\n'),
);
