/** Fastify with mercurius, compiling from the first sighting on, over the gateway's own schema, loaders and cache. */
import './one-graphql.ts';
import { createSchema, openGateway } from '../gateway.ts';

const { default: Fastify } = await import('fastify');
const { default: mercurius } = await import('mercurius');
const context = openGateway(process.env);
const server = Fastify();
server.register(mercurius, { schema: createSchema(), context, jit: 1 });
process.send?.(await server.listen({ host: '127.0.0.1', port: 0 }));
process.on('disconnect', () => process.exit(0));
