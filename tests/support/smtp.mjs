// A real SMTP server on this machine: STARTTLS, AUTH, recipients that it refuses, bytes that strict ones refuse.
import { once } from 'node:events';
import { promisify } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { parseMail } from './mail.mjs';
import { freePort } from './ports.mjs';
import { startServer } from './server.mjs';
import { makeCertificate } from './tls.mjs';

/** An answer of the server other than "go on". */
export function refusal(responseCode, message = 'no') {
  return Object.assign(new Error(message), { responseCode });
}

/** For the option `onAuth`: lets one pair in. */
export const onlyUser = (user, password) => (auth, session, done) =>
  auth.username === user && auth.password === password
    ? done(null, { user })
    : done(refusal(535, 'Invalid credentials'));

const LINE_BYTES_MAX = 998;

/**
 * What a relay without 8BITMIME and SMTPUTF8 takes (RFC 5321, 2.3.1 and 4.5.3.1.6): lines of at most 998 bytes of ASCII
 * that end with CRLF. The first thing that is wrong, or undefined.
 * @param {Buffer} raw
 */
function breachOfSevenBits(raw) {
  const text = raw.toString('latin1');
  if (/[^\x01-\x7f]/.test(text)) return 'a byte above 127';
  if (/\r(?!\n)|(?<!\r)\n/.test(text)) return 'a bare CR or LF';
  const long = text.split('\r\n').find((line) => line.length > LINE_BYTES_MAX);
  return long === undefined ? undefined : `a line of ${long.length} bytes`;
}

/** Options of such a relay, which neither announces these extensions nor takes what belongs to them. */
export const STRICT = {
  hide8BITMIME: true,
  hideSMTPUTF8: true,
  onMailFrom({ address, args }, session, done) {
    const extended = args && (args.BODY || args.SMTPUTF8);
    // The domain is shown decoded; it is in ASCII on the line.
    const [local] = address.split('@');
    if (extended || /[^\x21-\x7e]/.test(local)) return done(refusal(555, 'what is that?'));
    return done();
  },
};

/**
 * Keeps what it receives. Recipients beginning with `unknown` are refused for good, with `later` for
 * now. Ends with the test.
 * @param {import('node:test').TestContext} t
 * @param {{key: Buffer, cert: Buffer}} certificate
 * @param {number} port
 * @param {import('smtp-server').SMTPServerOptions} [options]
 */
export async function startSmtp(t, certificate, port, options = {}) {
  const received = [];
  const sessions = new Set();
  const server = new SMTPServer({
    key: certificate.key,
    cert: certificate.cert,
    authOptional: true,
    closeTimeout: 50,
    onConnect(session, done) {
      sessions.add(session.id);
      done();
    },
    onRcptTo({ address }, session, done) {
      if (address.startsWith('unknown')) return done(refusal(550));
      if (address.startsWith('later')) return done(refusal(451));
      return done();
    },
    async onData(stream, { secure, user, envelope }, done) {
      const kept = structuredClone(envelope);
      const chunks = [];
      try {
        for await (const chunk of stream) chunks.push(chunk);
      } catch (error) {
        return done(error); // the client was killed in the middle of a message: it was not received
      }
      const raw = Buffer.concat(chunks);
      const breach = options.hide8BITMIME ? breachOfSevenBits(raw) : undefined;
      if (breach) return done(refusal(554, breach));
      received.push({ secure, user, envelope: kept, raw, mail: await parseMail(raw) });
      return done();
    },
    ...options,
  });
  server.on('error', () => {});
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const stop = () => promisify(server.close.bind(server))();
  t.after(stop);
  return { received, sessions, stop };
}

/**
 * A program that mails by STARTTLS with a log-in, to a server that takes seven bits alone. Nobody listens before `listen(t)`, which is `startSmtp`
 * as this program expects it.
 * @param {Record<string, string>} [settings] beside those of its mails
 */
export async function startMailer(settings = {}) {
  const certificate = makeCertificate();
  const port = await freePort();
  const server = await startServer({
    env: {
      GUICHET_SMTP_URL: `smtp://127.0.0.1:${port}`,
      GUICHET_SMTP_CA_FILE: certificate.file,
      GUICHET_SMTP_USER: 'guichet',
      GUICHET_SMTP_PASSWORD: 'smtp secret',
      ...settings,
    },
  });
  return {
    server,
    listen: (t) =>
      startSmtp(t, certificate, port, {
        ...STRICT,
        authOptional: false,
        onAuth: onlyUser('guichet', 'smtp secret'),
      }),
    async stop() {
      await server.stop();
      certificate.remove();
    },
  };
}
