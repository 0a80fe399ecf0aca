/**
 * Both upstreams in one process, as fast as Node answers: it knows any value, checks nothing and remembers nothing, so
 * that values can be new for ever. Its parent says how they behave, and hears what they have counted.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { search, threat, types } from './upstream-answers.ts';
import { createService } from './upstream-service.ts';

const services = { datadog: createService(), argus: createService() };
let rowsEach = 3;
/** `1000-rows.example.org` has a thousand, and so have those that are asked with it. */
const rowsOf = (value: string): number => Number(/^(\d+)-rows/.exec(value)?.[1] ?? rowsEach);

process.on('message', text => {
  const { datadog, argus, rows } = JSON.parse(String(text));
  services.datadog.behave(datadog);
  services.argus.behave(argus);
  rowsEach = rows ?? rowsEach;
  process.send?.({ datadog: services.datadog.counts(), argus: services.argus.counts() });
});
process.on('disconnect', () => process.exit(0));

function whenRead(request: IncomingMessage, then: (text: string) => void): void {
  let text = '';
  request.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => then(text));
}

const server = createServer((request, response) => {
  const value = /[?&]indicator=([^&]*)/.exec(request.url ?? '')?.[1];
  if (value !== undefined) return services.datadog.serve(response, threat(decodeURIComponent(value)));
  if (request.method === 'GET') return services.argus.serve(response, types);
  whenRead(request, text => {
    const asked = JSON.parse(text);
    services.argus.serve(response, search(asked, rowsOf(asked.value[0])));
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
});
