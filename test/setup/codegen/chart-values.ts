/** The sources' part of `helm/values.yaml`: what stands between two comments there. */
import type { SourceDefinition, Sources } from '../../../src/sources/source.ts';
import { chartValues, secretKeys, valueKey } from './chart-sources.ts';
import { comment, meaning, type Variable } from './variables.ts';

const written = /(?<=^# From here on `npm run codegen` writes.*\n)[\s\S]*(?=^# Up to here `npm run codegen` writes)/m;

/** The text of values.yaml, with these sources in place of those that it had. */
export function valuesYaml(text: string, sources: Sources): string {
  if (!written.test(text)) throw new Error('values.yaml has lost the comments between which its sources stand');
  return text.replace(written, () => Object.values(sources).map(block).join('\n'));
}

function block(source: SourceDefinition): string {
  const values = [...chartValues(source)].map(([key, variable]) => value(key, variable, source));
  return `${valueKey(source)}:
${line('  ', `Name of a Secret with the credentials for ${source.title}.`, 'existingSecret', '')}
  secretKeys:
${secretLines(source).join('\n')}
${values.join('\n')}
`;
}

const line = (indentation: string, text: string, key: string, fallback: string) =>
  `${comment(`-- ${text}`, indentation)}\n${indentation}${key}: ${fallback || '""'}`;

function secretLines(source: SourceDefinition): string[] {
  return secretKeys(source)
    .flat()
    .map(({ key, variable: { name, description }, entry }) => {
      const use = entry === '' ? ' Used as soon as it is named.' : '';
      return line('    ', `Entry of that Secret with \`${name}\`. ${description}${use}`, key, entry);
    });
}

function value(key: string, variable: Variable, source: SourceDefinition): string {
  if (key === 'url') return line('  ', `${variable.description} ${emptyUrl(variable)}`, key, '');
  if (key === 'keyFrom') return line('  ', keyFrom(source), key, variable.fallback);
  return line('  ', meaning(variable, '`'), key, variable.fallback);
}

const emptyUrl = ({ fallback }: Variable) =>
  fallback === '' ? 'Empty follows from the other values.' : `Empty is \`${fallback}\`.`;

function keyFrom({ callerKeyHeaders }: SourceDefinition): string {
  const headers = Object.keys(callerKeyHeaders).map(name => `\`${name}\``);
  return `\`service\`: the Secret above; \`caller\`: each caller's own ${headers.join(' and ')}.`;
}
