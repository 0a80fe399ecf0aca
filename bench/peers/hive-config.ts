/** What Hive's command reads: the two fields that no upstream has. */
import { defineConfig } from '@graphql-hive/gateway';

export const gatewayConfig = defineConfig({
  additionalResolvers: {
    Query: {
      indicator: (_root: unknown, { value }: { value: string }) => ({ value }),
      indicators: (_root: unknown, { values }: { values: string[] }) => values.map(value => ({ value })),
    },
  },
});
