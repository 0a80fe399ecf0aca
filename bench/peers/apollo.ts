/** Apollo Server as its first page has it: standalone, all defaults, over the gateway's own schema, loaders and cache. */
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createSchema, openGateway } from '../gateway.ts';

const context = openGateway(process.env);
const { url } = await startStandaloneServer(new ApolloServer({ schema: createSchema() }), {
  listen: { host: '127.0.0.1', port: 0 },
  context: async () => context(),
});
process.send?.(new URL(url).origin);
process.on('disconnect', () => process.exit(0));
