/** `.env.example`: every variable with its default. The sources stand first, for the gateway needs one of them. */
import { gatewayGroups, sourceGroups } from '../../../src/config/config.ts';
import type { Sources } from '../../../src/sources/source.ts';
import { comment, meaning, type Variable, variablesIn } from './variables.ts';

const introduction = `# Copy to .env for \`npm run dev\`. An empty variable counts as unset. Every secret may come as NAME_FILE instead.
# Written by \`npm run codegen\` from the declarations in src: change those, not this.
`;

export function envExample(sources: Sources): string {
  const blocks = Object.values(sources).map(
    source => heading(source.title) + sourceGroups(source).flatMap(variablesIn).map(lines).join(''),
  );
  return introduction + blocks.join('') + gatewayGroups.flatMap(variablesIn).map(lines).join('');
}

const heading = (title: string) => `\n# ---- ${title}\n`;

function lines(variable: Variable): string {
  const { name, fallback, section, isSecret } = variable;
  const file = isSecret ? `${name}_FILE=\n` : '';
  return `${section === undefined ? '' : heading(section)}${comment(meaning(variable))}\n${name}=${fallback}\n${file}`;
}
