/** The schema and the costs of the two sources, as the gateway makes them. */
import { createCosts, createSchema as createFor, readSchema } from '../../src/graphql/schema.ts';
import type { Sources } from '../../src/sources/source.ts';
import { twoSources } from './two-sources.ts';

export const createSchema = () => createFor(twoSources, readSchema());
export const costsOf = (sources: Sources) => createCosts(sources, createFor(sources, readSchema()));
export const costs = costsOf(twoSources);
