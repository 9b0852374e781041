// Uploads, byte by byte as the HTTP libraries of other languages write them.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { cast, createRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';

const PDF = '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n';

let server;
let applicant;
let id;
before(async () => {
  server = await startServer();
  ({ applicant } = await cast(server));
  ({ id } = (await createRequest(applicant.client)).body);
});
after(() => server.stop());

/** The lines of a part, and its content. */
const part = (lines, content) => [...lines, '', content].join('\r\n');

/** Parts between delimiters, without an end of line behind the last one unless `end` is one. */
function form(boundary, parts, { start = '', end = '\r\n' } = {}) {
  const body = parts.map((text) => `--${boundary}\r\n${text}\r\n`).join('');
  return Buffer.from(`${start}${body}--${boundary}--${end}`);
}

const send = (type, body) =>
  applicant.client.post(`/v1/requests/${id}/attachments`, body, {
    headers: { 'content-type': type },
  });

const disposition = (rest) => `Content-Disposition: form-data; ${rest}`;

/** Library, what it writes behind "boundary=", the boundary, the parts, and what stands around them. */
const FORMS = [
  [
    'curl_8',
    'multipart/form-data; boundary=------------------------d74496d66958873e',
    '------------------------d74496d66958873e',
    [
      part([disposition('name="kind"')], 'legal_basis'),
      part(
        [disposition('name="file"; filename="arrêté.pdf"'), 'Content-Type: application/pdf'],
        PDF,
      ),
    ],
  ],
  [
    'dotnet_httpclient',
    'multipart/form-data; boundary="5f7b1a3e-0000-4a64-9f0d-1f2e3d4c5b6a"',
    '5f7b1a3e-0000-4a64-9f0d-1f2e3d4c5b6a',
    [
      part(['Content-Type: text/plain; charset=utf-8', disposition('name=kind')], 'legal_basis'),
      part(
        [
          'Content-Type: application/pdf',
          disposition(
            'name=file; filename="=?utf-8?B?YXJyw6p0w6kucGRm?="; ' +
              "filename*=utf-8''arr%C3%AAt%C3%A9.pdf",
          ),
        ],
        PDF,
      ),
    ],
  ],
  [
    'java_okhttp',
    'multipart/form-data; boundary=b7e0b1c2-3d4e-4f50-8a9b-0c1d2e3f4a5b',
    'b7e0b1c2-3d4e-4f50-8a9b-0c1d2e3f4a5b',
    [
      part([disposition('name="kind"'), 'Content-Length: 11'], 'legal_basis'),
      part(
        [
          disposition('name="file"; filename="arrêté.pdf"'),
          'Content-Type: application/pdf',
          `Content-Length: ${PDF.length}`,
        ],
        PDF,
      ),
    ],
  ],
  [
    'java_apache_4',
    'multipart/form-data; boundary=kPq8sTtBv4m_9-zYxWvUtSrQpOnMlKjIhGfEd; charset=UTF-8',
    'kPq8sTtBv4m_9-zYxWvUtSrQpOnMlKjIhGfEd',
    [
      part(
        [
          disposition('name="kind"'),
          'Content-Type: text/plain; charset=ISO-8859-1',
          'Content-Transfer-Encoding: 8bit',
        ],
        'legal_basis',
      ),
      part(
        [
          disposition('name="file"; filename="arrêté.pdf"'),
          'Content-Type: application/pdf',
          'Content-Transfer-Encoding: binary',
        ],
        PDF,
      ),
    ],
  ],
  [
    'java_apache_5',
    'multipart/form-data; charset=UTF-8; boundary=httpclient_boundary_3f1c2d4e-5a6b',
    'httpclient_boundary_3f1c2d4e-5a6b',
    [
      part([disposition('name="kind"'), 'Content-Type: text/plain; charset=UTF-8'], 'legal_basis'),
      part(
        [
          disposition(
            `name="file"; filename="arr?t?.pdf"; filename*="UTF-8''arr%C3%AAt%C3%A9.pdf"`,
          ),
          'Content-Type: application/pdf',
        ],
        PDF,
      ),
    ],
  ],
  [
    'python_requests_with_urllib3_1',
    'multipart/form-data; boundary=4ef5a0b1c2d3e4f5a6b7c8d9e0f1a2b3',
    '4ef5a0b1c2d3e4f5a6b7c8d9e0f1a2b3',
    [
      part([disposition('name="kind"')], 'legal_basis'),
      part([disposition(`name="file"; filename*=utf-8''arr%C3%AAt%C3%A9.pdf`)], PDF),
    ],
  ],
  [
    'python_httpx',
    'multipart/form-data; boundary=0f1e2d3c4b5a69788796a5b4c3d2e1f0',
    '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
    [
      part([disposition('name="kind"')], 'legal_basis'),
      part(
        [disposition('name="file"; filename="arrêté.pdf"'), 'Content-Type: application/pdf'],
        PDF,
      ),
    ],
  ],
  [
    'dart_http',
    'multipart/form-data; boundary=dart-http-boundary-AbC0+dEf.GhI_jKl-MnOpQrStUvWxYz0123456789',
    'dart-http-boundary-AbC0+dEf.GhI_jKl-MnOpQrStUvWxYz0123456789',
    [
      part(['content-disposition: form-data; name="kind"'], 'legal_basis'),
      part(
        [
          'content-type: application/pdf',
          'content-disposition: form-data; name="file"; filename="arrêté.pdf"',
        ],
        PDF,
      ),
    ],
  ],
  [
    'go_mime_multipart',
    'multipart/form-data; boundary=1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
    '1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
    [
      part([disposition('name="kind"')], 'legal_basis'),
      part(
        [
          disposition('name="file"; filename="arrêté.pdf"'),
          'Content-Type: application/octet-stream',
        ],
        PDF,
      ),
    ],
  ],
  [
    'php_guzzle',
    'multipart/form-data; boundary=9a8b7c6d5e4f30211203f4e5d6c7b8a99a8b7c6d',
    '9a8b7c6d5e4f30211203f4e5d6c7b8a99a8b7c6d',
    [
      part([disposition('name="kind"'), 'Content-Length: 11'], 'legal_basis'),
      part(
        [
          disposition('name="file"; filename="arrêté.pdf"'),
          `Content-Length: ${PDF.length}`,
          'Content-Type: application/pdf',
          'X-Part-Number: 2',
        ],
        PDF,
      ),
    ],
    { end: '\r\n' },
  ],
  [
    'an_old_node_library_with_empty_lines_around',
    'multipart/form-data;boundary=--------------------------012345678901234567890123',
    '--------------------------012345678901234567890123',
    [
      part(
        [disposition('filename="arrêté.pdf"; name="file"'), 'Content-Type: application/pdf'],
        PDF,
      ),
      part([disposition('name="kind"')], 'legal_basis'),
    ],
    { start: '\r\n', end: '\r\n\r\n' },
  ],
];

for (const [library, type, boundary, parts, around] of FORMS) {
  test(`takes_an_upload_as_${library}_writes_it`, async () => {
    const { body } = (await send(type, form(boundary, parts, around))).expect(201);
    assert.equal(body.file_name, 'arrêté.pdf');
    assert.equal(body.kind, 'legal_basis');
    const path = `/v1/requests/${id}/attachments/${body.id}`;
    assert.equal((await applicant.client.get(path)).expect(200).bytes.toString(), PDF);
    (await applicant.client.delete(path)).expect(204);
  });
}

for (const [what, header, reason] of [
  ['base64', 'Content-Transfer-Encoding: base64', /codée \(Content-Transfer-Encoding\)/],
  ['gzip', 'Content-Encoding: gzip', /comprimée \(Content-Encoding\)/],
]) {
  test(`refuses_a_part_in_${what}_with_the_reason`, async () => {
    const parts = [part([disposition('name="file"; filename="a.pdf"'), header], PDF)];
    const { body } = (await send('multipart/form-data; boundary=x', form('x', parts))).expect(400);
    assert.match(body.detail, reason);
    assert.deepEqual(
      (await applicant.client.get(`/v1/requests/${id}/attachments`)).expect(200).body.items,
      [],
    );
  });
}
