/** GraphiQL as it is in the working tree. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { build } from 'vite';

const sources = new URL('../../src/web/graphiql/', import.meta.url);
const result = new URL('../../dist/graphiql/index.html', import.meta.url);

/** Whether somebody changed the page since `npm ci` or `npm run build` bundled it. */
function isStale() {
  const built = existsSync(result) ? statSync(result).mtimeMs : 0;
  return [...readdirSync(sources), '../graphql-address.ts'].some(
    name => statSync(new URL(name, sources)).mtimeMs > built,
  );
}

/** Where the gateway serves it from. */
export async function buildGraphiql(): Promise<void> {
  if (isStale()) await build({ configFile: new URL('vite.config.ts', sources).pathname });
}
