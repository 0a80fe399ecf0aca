/** The floor: a Fastify server that sends the same bytes, ready-made. Its parent tells it which. */
import Fastify from 'fastify';

let bytes = '';
process.on('message', text => {
  bytes = String(text);
  process.send?.('ready');
});
process.on('disconnect', () => process.exit(0));

const server = Fastify();
server.route({
  method: ['GET', 'POST'],
  url: '/graphql',
  handler: (_request, reply) => reply.header('content-type', 'application/json; charset=utf-8').send(bytes),
});
process.send?.(await server.listen({ port: 0, host: '127.0.0.1' }));
