/** The chart as helm renders it, read back as objects. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { helmPath } from '../setup/packaging-tools.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
export const chartFolder = here('../../helm');

/** The value sets by name; `defaults` is none at all. */
export const valueSets: Readonly<Record<string, readonly string[]>> = {
  defaults: [],
  ...Object.fromEntries(
    readdirSync(here('values')).map(file => [file.replace(/\.yaml$/, ''), ['--values', here(`values/${file}`)]]),
  ),
};

/** The sets that a gateway could start with: the defaults alone name no credentials. */
export const usableSets = Object.keys(valueSets).filter(name => name !== 'defaults');

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});
export type Manifest = z.infer<typeof manifest>;

/**
 * helm with these arguments: what it printed, or an error with what it complained of. A helm that `go install` has built
 * takes an old Kubernetes for granted, which the chart refuses.
 */
export function helm(...args: readonly string[]): string {
  const version = args[0] === 'template' ? ['--kube-version', '1.30.0'] : [];
  return execFileSync(helmPath(), [...args, ...version], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export const render = (set: string, ...more: readonly string[]) =>
  helm('template', 'soc', chartFolder, ...(valueSets[set] ?? []), ...more);

/** Every object of a release made with that value set and further arguments. */
export const objects = (set: string, ...more: readonly string[]): Manifest[] => objectsIn(render(set, ...more));

/** Every object of what helm has rendered. */
export const objectsIn = (rendered: string): Manifest[] =>
  parseAllDocuments(rendered)
    .map(document => document.toJS())
    .filter(content => content !== null)
    .map(content => manifest.parse(content));

export const ofKind = (all: readonly Manifest[], kind: string) => all.filter(one => one.kind === kind);

export function theOne(all: readonly Manifest[], kind: string, component?: string): Manifest {
  const found = ofKind(all, kind).filter(
    one => component === undefined || one.metadata.labels['app.kubernetes.io/component'] === component,
  );
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} objects of kind ${kind}, expected one`);
  return first;
}

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()).default([]),
  command: z.array(z.string()).optional(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  volumeMounts: z
    .array(z.looseObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() }))
    .default([]),
  securityContext: z.unknown().optional(),
  resources: z.unknown().optional(),
});
const podSpec = z.looseObject({
  containers: z.array(container).min(1),
  terminationGracePeriodSeconds: z.number().optional(),
  volumes: z.array(z.looseObject({ name: z.string() })).default([]),
});
const withPod = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }),
      spec: podSpec,
    }),
  }),
});

export type PodSpec = z.infer<typeof podSpec>;

/** What runs: of a Deployment its template's, of a Pod its own. */
export const podOf = (one: Manifest): PodSpec =>
  one.kind === 'Pod' ? podSpec.parse(one.spec) : withPod.parse(one).spec.template.spec;

export const podAnnotationsOf = (one: Manifest) => withPod.parse(one).spec.template.metadata.annotations;

export const pods = (all: readonly Manifest[]) => all.filter(one => one.kind === 'Deployment' || one.kind === 'Pod');

/** The variables that the gateway's container gets, from its ConfigMap and its own list. */
export function gatewayEnvironment(all: readonly Manifest[]): Record<string, string> {
  const { name } = theOne(all, 'Deployment', 'gateway').metadata;
  const config = ofKind(all, 'ConfigMap').find(one => one.metadata.name === name);
  const own = podOf(theOne(all, 'Deployment', 'gateway')).containers[0]?.env ?? [];
  const fromMap = z.record(z.string(), z.string()).parse(config?.data);
  return { ...fromMap, ...Object.fromEntries(own.map(({ name, value }) => [name, value])) };
}

export const readChartFile = (path: string) => readFileSync(`${chartFolder}/${path}`, 'utf8');
export const readChartYaml = (path: string): unknown => parse(readChartFile(path));
