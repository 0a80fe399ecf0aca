/** The schema and the costs of the registered sources, as the gateway makes them. */
import { createCosts, createSchema as createFor, readSchema } from '../../src/graphql/schema.ts';
import { sources } from '../../src/sources/index.ts';

export const createSchema = () => createFor(sources, readSchema());
export const costs = createCosts(sources, createSchema());
