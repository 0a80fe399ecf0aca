/** How the chart sees the sources. Its templates name none: they read `helm/files/sources.json`, which is written here. */
import { sourceGroups } from '../../../src/config/config.ts';
import type { SourceDefinition, Sources } from '../../../src/sources/source.ts';
import { type Variable, variablesIn } from './variables.ts';

/** What the chart must know of the emulators, by their source's name in lower case. */
export type ChartEmulators = Readonly<
  Record<string, { readonly port: number; readonly credentials: Readonly<Record<string, string>> }>
>;

const camelCase = (name: string) => name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
const dashed = (name: string) => name.toLowerCase().replaceAll('_', '-');

/** The part of the chart's values that is the source's: `VIRUS_TOTAL` is set in `virusTotal`. */
export const valueKey = ({ name }: SourceDefinition) => camelCase(name);

const variablesOf = (source: SourceDefinition) => sourceGroups(source).flatMap(variablesIn);

/** A secret variable, and the value that names the entry of the Secret that holds it. */
interface SecretKey {
  readonly variable: Variable;
  readonly key: string;
  /** The entry, unless told. Only the usual set of credentials has any: another set is used when its entries are named. */
  readonly entry: string;
}

/** By set, as `credentials` has them. */
export function secretKeys(source: SourceDefinition): SecretKey[][] {
  const secrets = variablesOf(source).filter(({ isSecret }) => isSecret);
  return source.configuration.credentials.map((names, index) =>
    names.map(name => {
      const variable = secrets.find(one => one.name === name);
      if (variable === undefined) throw new Error(`${source.title} has no secret variable ${name}`);
      const ownName = withoutPrefix(name, `${source.name}_`);
      return { variable, key: camelCase(ownName), entry: index === 0 ? dashed(ownName) : '' };
    }),
  );
}

/** Without the source's name in front, or without the short form of it that stands there: DD_API_KEY is API_KEY. */
const withoutPrefix = (name: string, prefix: string) =>
  name.startsWith(prefix) ? name.slice(prefix.length) : name.replace(/^[A-Z0-9]+_/, '');

/** By the names that they have in its part of the values. */
export const chartValues = (source: SourceDefinition): ReadonlyMap<string, Variable> =>
  new Map(variablesOf(source).flatMap(one => (one.chartValue === undefined ? [] : [[one.chartValue, one]])));

/** These are common to all sources, so that the templates know them. */
const commonValues = ['url', 'keyFrom'];

/** The text of `helm/files/sources.json`. */
export function sourcesJson(sources: Sources, emulators: ChartEmulators): string {
  const all = Object.values(sources).map(source => ({
    name: source.name,
    title: source.title,
    value: valueKey(source),
    credentials: secretKeys(source).map(set => set.map(({ variable, key }) => ({ variable: variable.name, key }))),
    variables: Object.fromEntries(
      [...chartValues(source)].filter(([key]) => !commonValues.includes(key)).map(([key, { name }]) => [key, name]),
    ),
    emulator: emulatorOf(source, emulators),
  }));
  return `${JSON.stringify(all, null, 2)}\n`;
}

/** Kubernetes allows names of ports 15 characters. */
function emulatorOf({ name }: SourceDefinition, emulators: ChartEmulators) {
  const emulator = emulators[name.toLowerCase()];
  if (emulator === undefined) throw new Error(`${name} needs an emulator in src/emulators/set.ts`);
  const { port, credentials } = emulator;
  return { portName: dashed(name).slice(0, 15), port, credentials };
}
