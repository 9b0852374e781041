// Documents as offices make them: told by what they say that they are, not by the names of their parts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { attachMockup, createRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { zip } from '../support/zip.mjs';

const ODF = 'application/vnd.oasis.opendocument';
const OOXML = 'application/vnd.openxmlformats-officedocument';
const DOCX = `${OOXML}.wordprocessingml.document`;

let server;
let client;
let id;
before(async () => {
  server = await startServer();
  ({ client } = await logInAs(server, {}));
  ({ id } = (await createRequest(client)).body);
});
after(() => server.stop());

const attach = (bytes) => attachMockup(client, id, bytes, 'note.docx');

/** A package of OOXML whose main part is of this type. */
const ooxml = (type, { main = 'word/document.xml', target = main, byEnding = false } = {}) =>
  zip([
    { name: main, content: '<document/>' },
    {
      name: '_rels/.rels',
      content:
        '<?xml version="1.0" encoding="utf-8"?><Relationships>' +
        '<Relationship Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml" Id="a"/>' +
        `<Relationship Target='${target}' Type = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Id="b"/>` +
        '</Relationships>',
    },
    {
      name: '[Content_Types].xml',
      content:
        '<Types><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
        (byEnding
          ? `<Default ContentType="${type}" Extension="xml"/></Types>`
          : `<Default Extension="xml" ContentType="application/xml"/><Override PartName="/${main}" ContentType="${type}"/></Types>`),
    },
  ]);
const word = `${DOCX}.main+xml`;

/** A document of ODF; `mimetype` says how its type stands there. */
const odf = (kind, { mimetype = 'first', root = kind, manifest = '' } = {}) => {
  const type = { name: 'mimetype', content: `${ODF}.${kind}`, stored: mimetype !== 'packed' };
  return zip([
    ...(mimetype === 'first' || mimetype === 'packed' ? [type] : []),
    { name: 'content.xml', content: '<office:document-content/>' },
    {
      name: 'META-INF/manifest.xml',
      content: `<manifest:manifest><manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="${ODF}.${root}"/>${manifest}</manifest:manifest>`,
    },
    ...(mimetype === 'last' ? [type] : []),
  ]);
};

for (const [what, [bytes, type]] of Object.entries({
  a_docx_of_word: [ooxml(word), DOCX],
  a_docx_of_word_online: [ooxml(word, { main: 'word/document2.xml' }), DOCX],
  a_docx_whose_target_is_absolute: [
    ooxml(word, { main: 'word/document.xml', target: '/word/document.xml' }),
    DOCX,
  ],
  a_docx_whose_part_is_typed_by_its_ending: [
    ooxml(word, { main: 'doc/a.xml', byEnding: true }),
    DOCX,
  ],
  an_odt: [odf('text'), `${ODF}.text`],
  an_odt_whose_type_is_packed: [odf('text', { mimetype: 'packed' }), `${ODF}.text`],
  an_odt_whose_type_comes_late: [odf('text', { mimetype: 'last' }), `${ODF}.text`],
  an_odt_whose_manifest_alone_says_it: [odf('text', { mimetype: 'none' }), `${ODF}.text`],
})) {
  test(`takes_${what}`, async () => {
    const { body } = (await attach(bytes)).expect(201);
    assert.equal(body.content_type, type);
    (await client.delete(`/v1/requests/${id}/attachments/${body.id}`)).expect(204);
  });
}

const TEMPLATE = /est un modèle de document .*enregistrez-le comme document DOCX ou ODT, ou en PDF/;
const MACRO = /contient une macro : enregistrez-le sans macro/;
const SHEET = /est un classeur : exportez-le en PDF/;
const SLIDES = /est une présentation : exportez-la en PDF/;
const PASSWORD = /protégé par un mot de passe : retirez le mot de passe/;
const OTHER = /le contenu de ce fichier est autre chose/;
const IN_FRONT = /commence par autre chose qu’un PDF : imprimez-le/;
const UNREADABLE = /abîmé ou trop compressé/;
const ole = (text) =>
  Buffer.concat([
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.alloc(504),
    Buffer.from(text, 'utf16le'),
  ]);

for (const [what, [bytes, reason]] of Object.entries({
  a_dotx: [ooxml(`${OOXML}.wordprocessingml.template.main+xml`), TEMPLATE],
  a_dotm: [ooxml('application/vnd.ms-word.template.macroEnabledTemplate.main+xml'), MACRO],
  a_docm: [ooxml('application/vnd.ms-word.document.macroEnabled.main+xml'), MACRO],
  an_xltx: [ooxml(`${OOXML}.spreadsheetml.template.main+xml`), TEMPLATE],
  an_xlsm: [ooxml('application/vnd.ms-excel.sheet.macroEnabled.main+xml'), MACRO],
  an_xlsb: [ooxml('application/vnd.ms-excel.sheet.binary.macroEnabled.main'), MACRO],
  an_xlsx: [ooxml(`${OOXML}.spreadsheetml.sheet.main+xml`), SHEET],
  a_pptx: [ooxml(`${OOXML}.presentationml.presentation.main+xml`), SLIDES],
  a_ppsx: [ooxml(`${OOXML}.presentationml.slideshow.main+xml`), SLIDES],
  a_potx: [ooxml(`${OOXML}.presentationml.template.main+xml`), TEMPLATE],
  an_ott: [odf('text-template'), TEMPLATE],
  an_ott_whose_type_is_packed: [odf('text-template', { mimetype: 'packed' }), TEMPLATE],
  an_ott_whose_manifest_alone_says_it: [odf('text', { root: 'text-template' }), TEMPLATE],
  an_ots: [odf('spreadsheet-template'), TEMPLATE],
  an_ods: [odf('spreadsheet'), SHEET],
  an_odp: [odf('presentation'), SLIDES],
  a_master_document: [odf('text-master'), OTHER],
  a_visio_drawing: [ooxml('application/vnd.ms-visio.drawing.main+xml'), OTHER],
  a_part_that_no_relationship_leads_to: [
    ooxml(word, { main: 'word/document.xml', target: 'word/other.xml' }),
    OTHER,
  ],
  a_password_of_odf: [
    odf('text', {
      manifest:
        '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>',
    }),
    PASSWORD,
  ],
  a_password_of_ooxml: [ole('EncryptedPackage'), PASSWORD],
  a_doc: [ole('WordDocument'), /ancien format \(DOC, XLS, PPT\) : enregistrez-le en DOCX/],
  a_zip: [zip([{ name: 'a.txt', content: 'a' }]), OTHER],
  a_docx_cut_short: [ooxml(word).subarray(0, 300), UNREADABLE],
  html_in_front_of_a_pdf: [Buffer.from('<html>\n%PDF-1.7\n%%EOF'), IN_FRONT],
  text_in_front_of_a_pdf: [Buffer.from('x\n%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF'), IN_FRONT],
})) {
  test(`refuses_${what}`, async () => {
    const { body } = (await attach(bytes)).expect(415);
    assert.match(body.detail, reason);
  });
}
