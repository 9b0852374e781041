// Requests that no client library would send, as bytes: named cases, and an endless mix of them.
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { request } from '../support/raw.mjs';

/** Framing that a server must not guess about. */
export const FRAMING = {
  content_length_with_transfer_encoding:
    'POST /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  two_content_lengths:
    'POST /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
  the_same_content_length_twice:
    'POST /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc',
  negative_content_length: 'POST /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
  hexadecimal_content_length:
    'POST /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc',
  two_hosts: 'GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  no_host: 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n',
  space_before_the_colon: 'GET /health/live HTTP/1.1\r\nHost: a\r\nX-Y : 1\r\n\r\n',
  space_before_the_colon_of_the_length:
    'POST /health/live HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc',
  disguised_transfer_encoding:
    'POST /health/live HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\nabc',
  control_character_in_a_header: 'GET /health/live HTTP/1.1\r\nHost: a\r\nX-Y: a\x01b\r\n\r\n',
};

const JSON_TYPE = { 'Content-Type': 'application/json' };
const digits = () => randomBytes(6).toString('hex');

// Each a function, so that no two are alike and nothing is served from a cache.
const KINDS = [
  ...Object.values(FRAMING).map((bytes) => () => bytes),
  () => randomBytes(64),
  () => `GET /${digits()}%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  () => request('GET', `/v1/requests/${digits()}?a=1&a=2`),
  () => request('POST', '/v1/session', JSON_TYPE, `{"email":"${digits()}`),
  () => request('POST', '/v1/session', JSON_TYPE, '['.repeat(5000)),
  () => request('POST', '/v1/session', JSON_TYPE, `{"email":1,"email":2,"${digits()}":null}`),
  () =>
    request('POST', '/v1/accounts', JSON_TYPE, Buffer.from([0x7b, 0xff, 0xfe]).toString('latin1')),
  () => request('POST', '/v1/accounts', { 'Content-Type': 'text/plain' }, digits()),
  () => request('POST', '/v1/oauth/token', { Authorization: `Basic ${digits()}` }, 'grant_type'),
  () =>
    request('GET', '/gateway/api-entreprise/privileges', { Authorization: `Bearer ${digits()}` }),
  () => request('GET', '/v1/account', { Cookie: `guichet_session=${digits()}` }),
  () => request('GET', '/health/live', { 'X-Padding': 'a'.repeat(40_000) }),
  () => request('BREW', `/${digits()}`),
  () => request('POST', '/v1/session', { ...JSON_TYPE, 'Content-Length': '900000' }, '{'),
  () => 'GET /health/live HTTP/1.1\r\nHost: a\r\nX-Never-Ends: ',
];

/**
 * Sends one of the mix and forgets it: the connection is ended by the server, or cut by us in the
 * middle. Comes from 127.0.0.9, so that what an address earns by it is not held against others.
 * @param {number} port
 * @returns {Promise<number>} the status, 0 where none came
 */
export function sendMalformed(port) {
  const bytes = KINDS[Math.floor(Math.random() * KINDS.length)]();
  return new Promise((done) => {
    let received = '';
    const socket = net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.9' }, () =>
      socket.write(bytes),
    );
    const patience = setTimeout(() => socket.resetAndDestroy(), 300);
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(patience);
      done(Number(/^HTTP\/1\.[01] (\d{3})/.exec(received)?.[1] ?? 0));
    });
  });
}
