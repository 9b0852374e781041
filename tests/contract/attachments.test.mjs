// Files of a request: known by their content, scanned, never served as anything else.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { logInAs } from '../support/accounts.mjs';
import { runJob } from '../support/jobs.mjs';
import {
  cancelReopening,
  cast,
  createRequest,
  decide,
  draftRequest,
  saveRequest,
} from '../support/requests.mjs';
import { SIGNATURE, startScanner } from '../support/scanner.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { zip } from '../support/zip.mjs';

const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
);
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const ODT = 'application/vnd.oasis.opendocument.text';
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

const odt = zip([
  { name: 'mimetype', content: ODT, stored: true },
  { name: 'content.xml', content: '<x/>' },
]);
const docx = zip([
  { name: 'word/document.xml', content: '<x/>' },
  {
    name: '_rels/.rels',
    content:
      '<Relationships><Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
  },
  {
    name: '[Content_Types].xml',
    content: `<Types><Override PartName="/word/document.xml" ContentType="${DOCX}.main+xml"/></Types>`,
  },
]);

let server;
let applicant;
let instructor;
let domain;
let id;
before(async () => {
  server = await startServer();
  ({ applicant, instructor, domain } = await cast(server));
  ({ id } = (await createRequest(applicant.client)).body);
});
after(() => server.stop());

function attach(
  request,
  bytes,
  { name = 'acte.pdf', kind = 'legal_basis', replaces = null, client = applicant.client } = {},
) {
  const form = new FormData();
  if (kind !== null) form.append('kind', kind);
  if (replaces !== null) form.append('replaces', replaces);
  if (bytes !== null) form.append('file', new Blob([bytes]), name);
  return client.post(`/v1/requests/${request}/attachments`, form);
}

for (const [what, bytes, type, ending] of [
  ['pdf', PDF, 'application/pdf', 'pdf'],
  ['png', PNG, 'image/png', 'png'],
  ['odt', odt, ODT, 'odt'],
  ['docx', docx, DOCX, 'docx'],
]) {
  test(`takes_a_${what}_by_its_content_whatever_its_name`, async () => {
    const { body } = (await attach(id, bytes, { name: 'page.html' })).expect(201);
    assert.equal(body.content_type, type);
    assert.equal(body.file_name, `page.html.${ending}`);
    assert.equal(body.scan, 'not_configured');
    const path = `/v1/requests/${id}/attachments/${body.id}`;
    const file = (await applicant.client.get(path)).expect(200);
    assert.deepEqual(file.bytes, bytes);
    assert.match(file.headers['content-disposition'], /^attachment;/);
    assert.equal(file.headers['x-content-type-options'], 'nosniff');
    assert.match(file.headers['content-security-policy'], /sandbox/);
    (await applicant.client.delete(path)).expect(204);
    (await applicant.client.get(path)).expect(404);
  });
}

test('refuses_files_of_other_types', async () => {
  const html = Buffer.from('<!DOCTYPE html><script>alert(1)</script>');
  (await attach(id, html, { name: 'acte.pdf' })).expect(415);
  (await attach(id, zip([{ name: 'x', content: 'y' }]), { name: 'a.docx' })).expect(415);
  (await attach(id, Buffer.from('PK\x03\x04'), { name: 'a.odt' })).expect(415);
  (await attach(id, Buffer.from('MZ\x90\x00'), { name: 'a.pdf' })).expect(415);
});

test('refuses_an_empty_file_a_missing_one_and_an_unknown_kind', async () => {
  assert.deepEqual((await attach(id, Buffer.alloc(0))).expect(422).codes, { '/file': 'too_short' });
  assert.deepEqual((await attach(id, null)).expect(422).codes, { '/file': 'required' });
  assert.deepEqual((await attach(id, PDF, { kind: 'poem' })).expect(422).codes, {
    '/kind': 'unknown_value',
  });
  assert.deepEqual((await attach(id, PDF, { kind: null })).expect(422).codes, {
    '/kind': 'required',
  });
});

test('accepts_ten_megabytes_and_refuses_one_byte_more', async () => {
  const most = Buffer.concat([PDF, Buffer.alloc(10 * 2 ** 20 - PDF.length, 0x20)]);
  (await attach(id, most)).expect(201);
  (await attach(id, Buffer.concat([most, Buffer.from(' ')]))).expect(413);
});

for (const [name, shown] of [
  ['../../etc/passwd.pdf', 'passwd.pdf'],
  ['C:\\temp\\acte.PDF', 'acte.PDF'],
  ['.pdf', 'pdf.pdf'],
  ['été « final ».pdf', 'été « final ».pdf'],
  ['<b>x</b>.pdf', 'b_.pdf'],
  ['a\u202efdp.exe\u2069.pdf', 'afdp.exe.pdf'],
  ['a\r\nSet-Cookie: x=1.pdf', 'a%0D%0ASet-Cookie_ x=1.pdf'],
]) {
  test(`sanitises_the_file_name_${JSON.stringify(name)}`, async () => {
    const own = (await createRequest(applicant.client)).body.id;
    const { body } = (await attach(own, PDF, { name })).expect(201);
    assert.equal(body.file_name, shown);
  });
}

test('accepts_ten_files_and_refuses_the_eleventh', async () => {
  const own = (await createRequest(applicant.client)).body.id;
  for (let i = 0; i < 10; i += 1) (await attach(own, PDF, { name: `${i}.pdf` })).expect(201);
  assert.deepEqual((await attach(own, PDF)).expect(422).codes, { '/file': 'too_many' });
  const { body } = await applicant.client.get(`/v1/requests/${own}/attachments?limit=4`);
  assert.equal(body.items.length, 4);
  const next = `/v1/requests/${own}/attachments?limit=100&cursor=${body.next_cursor}`;
  assert.equal((await applicant.client.get(next)).expect(200).body.items.length, 6);
});

test('a_file_replaces_another_at_the_limit_of_ten_too', async () => {
  const own = (await createRequest(applicant.client)).body.id;
  const former = (await attach(own, PDF, { name: 'ancien.pdf' })).expect(201).body;
  for (let i = 1; i < 10; i += 1) (await attach(own, PDF, { name: `${i}.pdf` })).expect(201);
  const html = Buffer.from('<!DOCTYPE html>');
  (await attach(own, html, { replaces: former.id })).expect(415);
  (await applicant.client.get(`/v1/requests/${own}/attachments/${former.id}`)).expect(200);
  (await attach(own, PDF, { name: 'neuf.pdf', replaces: former.id })).expect(201);
  (await applicant.client.get(`/v1/requests/${own}/attachments/${former.id}`)).expect(404);
  for (const gone of [former.id, 'x']) {
    const refused = (await attach(own, PDF, { replaces: gone })).expect(422);
    assert.deepEqual(refused.codes, { '/replaces': 'not_found' });
  }
  const { items } = (await applicant.client.get(`/v1/requests/${own}/events`)).body;
  assert.deepEqual(items[0].changes, [
    { pointer: '/attachments', former: 'ancien.pdf', new: 'neuf.pdf' },
  ]);
});

test('files_of_other_accounts_answer_404', async () => {
  const own = (await createRequest(applicant.client)).body.id;
  const { body } = (await attach(own, PDF)).expect(201);
  const stranger = await logInAs(server, { siret: SIRETS.LYON, domain: 'lyon.example' });
  (await stranger.client.get(`/v1/requests/${own}/attachments/${body.id}`)).expect(404);
  (await stranger.client.delete(`/v1/requests/${own}/attachments/${body.id}`)).expect(404);
  (await attach(own, PDF, { client: stranger.client })).expect(404);
  (await applicant.client.get(`/v1/requests/${id}/attachments/${body.id}`)).expect(404);
});

test('a_snapshot_keeps_its_files_when_the_request_loses_them', async () => {
  const { id: own } = await draftRequest(applicant.client, { domain });
  const { body: file } = (await attach(own, PDF)).expect(201);
  (await applicant.client.post(`/v1/requests/${own}/submission`)).expect(200);
  (await attach(own, PDF)).expect(409);
  (await decide(instructor.client, own, 'approve')).expect(201);
  const { habilitation_id: habilitation } = (await applicant.client.get(`/v1/requests/${own}`))
    .body;
  (await applicant.client.post(`/v1/requests/${own}/reopening`)).expect(200);
  (await applicant.client.delete(`/v1/requests/${own}/attachments/${file.id}`)).expect(204);
  const kept = `/v1/habilitations/${habilitation}/attachments/${file.id}`;
  assert.deepEqual((await applicant.client.get(kept)).expect(200).bytes, PDF);
  (await cancelReopening(applicant.client, own)).expect(200);
  (await applicant.client.get(`/v1/requests/${own}/attachments/${file.id}`)).expect(200);
});

test('changed_files_are_listed_among_the_changes_since_the_decision', async () => {
  const { id: own } = await draftRequest(applicant.client, { domain });
  const path = `/v1/requests/${own}`;
  const { body: former } = (await attach(own, PDF, { name: 'acte.pdf' })).expect(201);
  (await attach(own, PDF, { name: 'maquette.pdf', kind: 'mockup' })).expect(201);
  (await applicant.client.post(`${path}/submission`)).expect(200);
  const changes = async () =>
    (await instructor.client.get(`${path}/changes`)).expect(200).body.changes;
  assert.deepEqual(await changes(), []);
  const reason = { reason: 'La délibération est illisible.' };
  (await decide(instructor.client, own, 'request_changes', reason)).expect(201);
  const neuf = { name: 'délibération.pdf', replaces: former.id };
  (await attach(own, PDF, neuf)).expect(201);
  const passing = (await attach(own, PDF, { name: 'erreur.pdf', kind: 'other' })).expect(201).body;
  (await applicant.client.delete(`${path}/attachments/${passing.id}`)).expect(204);
  (await applicant.client.post(`${path}/submission`)).expect(200);
  const expected = [
    { pointer: '/attachments/legal_basis', former: ['acte.pdf'], new: ['délibération.pdf'] },
  ];
  assert.deepEqual(await changes(), expected);
  const { items } = (await applicant.client.get(`${path}/events`)).body;
  assert.deepEqual(items[0].changes, expected, 'the history says the same');
});

test('an_organisation_outside_the_administration_attaches_proof_of_its_mission', async () => {
  const { id: own } = await draftRequest(applicant.client, { domain });
  const category = (value) =>
    server.database.sql(
      `update organisation set legal_category = '${value}' where siret = '${SIRETS.CLAMART}'`,
    );
  const [former] = await server.database.sql(
    `select legal_category from organisation where siret = '${SIRETS.CLAMART}'`,
  );
  await category('5710');
  const submit = () => applicant.client.post(`/v1/requests/${own}/submission`);
  assert.deepEqual((await submit()).expect(422).codes, {
    '/public_service_mission': 'required',
    '/attachments': 'required',
  });
  await saveRequest(applicant.client, own, { public_service_mission: 'Délégation de service' });
  (await attach(own, PDF, { kind: 'public_service_mission' })).expect(201);
  (await submit()).expect(200);
  await category(former);
});

test('infected_files_are_not_served_and_an_unreachable_scanner_is_reported', async () => {
  const scanner = await startScanner();
  const guarded = await startServer({ env: scanner.env });
  try {
    const { applicant: owner, domain: own } = await cast(guarded);
    const options = { client: owner.client };
    const { id: request } = await draftRequest(owner.client, { domain: own });
    const path = `/v1/requests/${request}`;
    const clean = (await attach(request, PDF, options)).expect(201).body;
    assert.equal(clean.scan, 'clean');
    (await owner.client.get(`${path}/attachments/${clean.id}`)).expect(200);
    const virus = Buffer.concat([PDF, SIGNATURE]);
    const infected = (await attach(request, virus, options)).expect(201).body;
    assert.equal(infected.scan, 'infected');
    (await owner.client.get(`${path}/attachments/${infected.id}`)).expect(409);
    const refused = (await owner.client.post(`${path}/submission`)).expect(422);
    assert.deepEqual(refused.codes, { '/attachments/1': 'infected' });
    (await owner.client.delete(`${path}/attachments/${infected.id}`)).expect(204);
    await scanner.kill();
    const waiting = (await attach(request, PDF, options)).expect(201).body;
    assert.equal(waiting.scan, 'pending');
    (await owner.client.get(`${path}/attachments/${waiting.id}`)).expect(409);
    const early = (await owner.client.post(`${path}/submission`)).expect(422);
    assert.deepEqual(early.codes, { '/attachments/1': 'not_scanned' });
  } finally {
    await guarded.stop();
    await scanner.stop();
  }
});

/** A scanner that closes on `Broken`, refuses `Refused`, and answers nobody while it is away. */
async function scannerOfOurs() {
  const state = { isAway: true };
  const listening = net.createServer((socket) => {
    const chunks = [];
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (state.isAway || all.includes('Broken')) socket.destroy();
      else if (all.includes('Refused')) socket.end('INSTREAM size limit exceeded. ERROR\0');
      else if (all.subarray(-4).equals(Buffer.alloc(4))) socket.end('stream: OK\0');
    });
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (listening.address());
  return { state, env: { GUICHET_CLAMAV: `127.0.0.1:${port}` }, stop: () => listening.close() };
}

test('files_are_scanned_in_turn_and_a_file_the_scanner_refuses_is_given_up', async () => {
  const scanner = await scannerOfOurs();
  const guarded = await startServer({ env: scanner.env });
  try {
    const { applicant: owner, domain: own } = await cast(guarded);
    const { id: request } = await draftRequest(owner.client, { domain: own });
    const path = `/v1/requests/${request}`;
    const kinds = [...Array(5).fill('Broken'), 'Refused', 'Good', 'Good'];
    for (const kind of kinds) {
      const file = Buffer.concat([PDF, Buffer.from(kind)]);
      const { scan } = (await attach(request, file, { client: owner.client })).expect(201).body;
      assert.equal(scan, 'pending');
    }
    scanner.state.isAway = false;
    const scans = async () =>
      (await owner.client.get(`${path}/attachments`))
        .expect(200)
        .body.items.map(({ scan }) => scan);
    for (let run = 0; run < kinds.length; run++) await runJob(guarded, 'scan_attachments');
    const expected = [...Array(6).fill('pending'), 'clean', 'clean'];
    assert.deepEqual((await scans()).sort(), [...expected].sort());
    const complaint = async () =>
      (await owner.client.post(`${path}/submission`))
        .expect(422)
        .body.errors.find(({ pointer }) => pointer === '/attachments/5');
    assert.match((await complaint()).message, /pas encore analysé/);
    for (let refusals = 1; refusals < 5; refusals++) {
      await guarded.database.sql(
        "update attachment set scan_tried_at = now() - interval '1 hour' where scan_refusals > 0",
      );
      await runJob(guarded, 'scan_attachments');
    }
    const given = await complaint();
    assert.equal(given.code, 'not_scanned');
    assert.match(given.message, /ne peut pas analyser/);
    const refused = guarded.logs.filter(({ event }) => event === 'scan_refused');
    assert.equal(refused.length, 5);
  } finally {
    await guarded.stop();
    scanner.stop();
  }
});
