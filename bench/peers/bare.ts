/**
 * The least that any server does for the bench's query: the same calls, JSON.parse, grouping by value, JSON.stringify. No
 * GraphQL, no check, no cache. It needs nothing but what the gateway depends on.
 */
import Fastify from 'fastify';
import { membershipsOf, threatOf } from './by-hand.ts';

async function indicatorsOf(values: readonly string[]) {
  const [threats, memberships] = await Promise.all([Promise.all(values.map(threatOf)), membershipsOf(values)]);
  return values.map((value, index) => {
    const { triageHistory, ...threat } = threats[index];
    const own = { memberships: memberships[index], threat };
    return { id: value, value, type: 'DOMAIN', threatScore: threat.score, triageHistory, ...own };
  });
}

const server = Fastify();
server.post('/graphql', async (request, reply) => {
  const { v } = request.body.variables;
  const found = await indicatorsOf([v].flat());
  const data = Array.isArray(v) ? { indicators: found } : { indicator: found[0] };
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify({ data }));
});
process.send?.(await server.listen({ host: '127.0.0.1', port: 0 }));
process.on('disconnect', () => process.exit(0));
