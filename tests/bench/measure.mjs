// What the programs of this folder measure with: load by wrk, processor time, peers, tokens in numbers.
import { execFile, spawn } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const run = promisify(execFile);
const UNLIMITED = 100_000_000;
const children = [];

export const here = (path) => fileURLToPath(new URL(path, import.meta.url));
export const PATH = `/gateway/api-entreprise/v4/insee/sirene/unites_legales/130025265?${ASKED}`;
export const SCOPES = ['unites_legales_etablissements_insee', 'certificat_rge_ademe'];

// Nothing is bound to a processor: what counts is the processor time of a call.
export function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  children.push(child);
  return child;
}

export function stopAll() {
  for (const child of children) child.kill('SIGTERM');
}

export const answers = (url, headers = {}) =>
  waitFor(url, async () => {
    const answer = await fetch(url, { headers }).catch(() => undefined);
    await answer?.arrayBuffer();
    return answer?.status === 200;
  });

/** Microseconds of processor time that the process and its children have taken. */
export async function processorUs(pid) {
  const stat = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1).split(' ');
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim();
  let ticks = Number(stat[11]) + Number(stat[12]);
  for (const child of children ? children.split(' ') : [])
    ticks += (await processorUs(child)) / 10_000;
  return ticks * 10_000;
}

/** Calls of one round, as many a second, and the processor time of one. */
export async function measure(url, { pid, token, script, clients = 64, seconds }) {
  const headers = token ? ['-H', `Authorization: Bearer ${token}`] : [];
  const scripted = script ? ['-s', script] : [];
  const args = ['--latency', '-t1', `-c${clients}`, `-d${seconds}s`, ...scripted, ...headers, url];
  const before = pid ? await processorUs(pid) : 0;
  const { stdout } = await run('wrk', args);
  const after = pid ? await processorUs(pid) : 0;
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(stdout);
  if (bad) throw new Error(`${url}: ${bad[1]} answers were refusals`);
  const calls = Number(/(\d+) requests in/.exec(stdout)[1]);
  return {
    calls,
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]),
    us: (after - before) / calls,
    p50Ms: milliseconds(/50%\s+([\d.]+)(us|ms|s)/.exec(stdout)),
  };
}

function milliseconds([, number, unit]) {
  return Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit];
}

export async function makeProducts(folder, upstream, slow) {
  const products = join(folder, 'products');
  await cp(here('../../api/products'), products, { recursive: true });
  const file = join(products, 'api-entreprise', 'endpoints.json');
  const document = JSON.parse(await readFile(file, 'utf8'));
  for (const endpoint of document.endpoints) endpoint.limit_per_minute = UNLIMITED;
  await writeFile(file, JSON.stringify(document));
  const providers = {
    'api-entreprise': {
      insee: { base_url: `http://127.0.0.1:${upstream}` },
      ademe: { base_url: `http://127.0.0.1:${slow}` },
    },
  };
  await writeFile(join(folder, 'providers.json'), JSON.stringify(providers));
  return { GUICHET_PRODUCTS_DIR: products, GUICHET_PROVIDERS_FILE: join(folder, 'providers.json') };
}

export async function fill(source, target, words) {
  let text = await readFile(source, 'utf8');
  for (const [word, value] of Object.entries(words)) text = text.replaceAll(word, String(value));
  await writeFile(target, text);
  return target;
}

/** nginx as the provider that answers at once, and what it and others are told. */
export async function startProvider(folder, upstream, port) {
  const words = { FOLDER: folder, UPSTREAM: upstream, PORT: port };
  const settings = await fill(here('peers/nginx.conf'), join(folder, 'nginx.conf'), words);
  const nginx = start('nginx', ['-c', settings]);
  await answers(`http://127.0.0.1:${upstream}/`);
  return nginx;
}

export async function residentMegabytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
}

/** So many tokens more, from number `first` on; their strings. */
export async function makeTokens(issuer, first, count) {
  const { database } = issuer.server;
  await database.sql(`
    set session_replication_role = replica;
    insert into token (id, request_id, habilitation_id, subject_id, product, siret, scopes, kid, issued_at, sealed_jwt, expires_at)
    select md5('bench' || i)::uuid, md5('r' || i)::uuid, md5('h' || i)::uuid, md5('h' || i)::uuid, 'api-entreprise',
           '${SIRETS.CLAMART}', array['${SCOPES.join("','")}'], '${issuer.kid}', 1700000000, '', now() + interval '1 year'
    from generate_series(${first}, ${first + count - 1}) i`);
  const ids = await database.rows(
    `select md5('bench' || i)::uuid as id from generate_series(${first}, ${first + count - 1}) i`,
  );
  const claims = {
    iss: issuer.server.url,
    aud: 'api-entreprise',
    sub: 'x',
    iat: 1_700_000_000,
    nbf: 1_700_000_000,
    exp: 4_000_000_000,
    scopes: SCOPES,
    siret: SIRETS.CLAMART,
    version: '1.0',
  };
  return ids.map(({ id }) => issuer.sign({ ...claims, jti: id }));
}

/** A script for wrk that calls with each of the strings in turn. */
export async function writeScript(folder, strings) {
  const list = join(folder, 'tokens');
  const script = join(folder, 'tokens.lua');
  await writeFile(list, strings.join('\n') + '\n');
  await writeFile(
    script,
    `local t = {}; for line in io.lines("${list}") do t[#t + 1] = line end; local i = 0
     request = function() i = i % #t + 1; return wrk.format("GET", "${PATH}", {["Authorization"] = "Bearer " .. t[i]}) end`,
  );
  return script;
}

/** Brings the log of calls to `total`, over the last 29 days, a thousandth of them of one token. */
export async function fillLog(database, tokenId, from, total) {
  const heavy = Math.round(total / 1000);
  await database.sql(
    `do $$ begin for i in 0..29 loop perform call_make_partition((current_date - i)::date); end loop; end $$`,
  );
  await database.sql(`
    insert into call (at, token_id, endpoint, status, duration_us, request_id)
    select now() - random() * interval '29 days', case when i <= ${heavy} then '${tokenId}'::uuid
             else md5((i % 999)::text)::uuid end, '/v4/insee/sirene/unites_legales/{siren}',
           (array[200,200,200,404,502])[1 + i % 5], 1000 + i % 200000, 'bench'
    from generate_series(${from + 1}, ${total}) i;
    update call_rolled set until = date_trunc('hour', now()) - interval '30 days';
    do $$ begin while call_roll_next() loop end loop; end $$; analyze`);
}
