// A provider that answers after a while: argument 1 the port, 2 the milliseconds.
import http from 'node:http';

const [port, delay] = process.argv.slice(2).map(Number);
const body = '{"data":{},"links":{},"meta":{}}';
const server = http.createServer((_, answer) => {
  setTimeout(() => {
    answer.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    answer.end(body);
  }, delay);
});
server.keepAliveTimeout = 60_000;
server.listen(port, '127.0.0.1', 4096);
