/** `docker build` without Docker: each step of a Dockerfile replayed in a folder that began empty. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { makeBaseRoot } from './base-root.ts';
import { parseDockerfile, type Step } from './dockerfile.ts';
import { runStep } from './namespace.ts';

export interface Image {
  readonly root: string;
  readonly base: string;
  workdir: string;
  user: string;
  entrypoint: readonly string[];
  command: readonly string[];
  healthcheck: readonly string[];
  stopSignal: string;
  readonly environment: Record<string, string>;
  readonly labels: Record<string, string>;
  readonly arguments: Record<string, string>;
}

export interface BuildOptions {
  /** The folder that is built from; its Dockerfile and .dockerignore count. */
  readonly context: string;
  /** An empty folder for the roots. */
  readonly folder: string;
  /** The executable that stands for the base image's Node. */
  readonly node: string;
  readonly npmCache: string;
  readonly onStep?: (step: Step) => void;
}

interface Build extends BuildOptions {
  /** Of ARG before the first FROM, for FROM alone. */
  readonly bases: Record<string, string>;
  readonly stages: Map<string, Image>;
  image: Image | undefined;
}

/** Variables of this machine without which npm may find no packages. */
const npmNeeds = /^(https?_proxy|no_proxy|node_extra_ca_certs|npm_config_registry|npm_config_cafile)$/i;

/** The last stage. A step of a kind that is not replayed here is an error. */
export function buildImage(options: BuildOptions): Image {
  const build: Build = { ...options, bases: {}, stages: new Map(), image: undefined };
  for (const step of parseDockerfile(readFileSync(join(options.context, 'Dockerfile'), 'utf8'))) {
    options.onStep?.(step);
    const replay = replays[step.keyword];
    if (replay === undefined) throw new Error(`Dockerfile:${step.line}: nobody has taught the replay ${step.keyword}`);
    replay(build, step);
  }
  return current(build);
}

function current({ image }: Build): Image {
  if (image === undefined) throw new Error('The Dockerfile has to begin with FROM');
  return image;
}

const replays: Readonly<Record<string, (build: Build, step: Step) => void>> = {
  FROM: startStage,
  WORKDIR: (build, { words: [path = '/'] }) => {
    const image = current(build);
    image.workdir = posix.resolve(image.workdir, path);
    mkdirSync(join(image.root, image.workdir), { recursive: true });
  },
  COPY: copy,
  RUN: (build, step) => {
    const { root, workdir, environment, arguments: args } = current(build);
    const passed = Object.fromEntries(Object.entries(process.env).filter(([name]) => npmNeeds.test(name)));
    const all = { ...basics, ...definedOnly(passed), ...args, ...environment };
    runStep(
      { root, workdir, environment: all },
      step.isJson ? step.words : ['/bin/sh', '-c', step.words[0] ?? ''],
      build.npmCache,
    );
  },
  ENV: (build, { pairs }) => assignExpanded(build, current(build).environment, pairs),
  LABEL: (build, { pairs }) => assignExpanded(build, current(build).labels, pairs),
  ARG: (build, { pairs }) =>
    build.image === undefined
      ? void Object.assign(build.bases, pairs)
      : assignExpanded(build, build.image.arguments, pairs),
  USER: (build, { words: [user = ''] }) => {
    current(build).user = user;
  },
  STOPSIGNAL: (build, { words: [signal = ''] }) => {
    current(build).stopSignal = signal;
  },
  EXPOSE: build => void current(build),
  HEALTHCHECK: (build, { words }) => {
    current(build).healthcheck = words;
  },
  ENTRYPOINT: (build, step) => {
    current(build).entrypoint = execForm(step);
  },
  CMD: (build, step) => {
    current(build).command = execForm(step);
  },
};

const basics = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };

function startStage(build: Build, { words: [base = '', , name = ''] }: Step): void {
  const root = mkdtempSync(join(build.folder, `${name || 'last'}-`));
  makeBaseRoot(root, build.node);
  build.image = {
    root,
    base: base.replace(/\$\{(\w+)\}/g, (_, name: string) => build.bases[name] ?? ''),
    workdir: '/',
    user: '0:0',
    entrypoint: [],
    command: [],
    healthcheck: [],
    stopSignal: 'SIGTERM',
    environment: {},
    labels: {},
    arguments: {},
  };
  build.stages.set(name, build.image);
}

/** A shell in charge would keep signals from the program. */
function execForm({ words, isJson, line }: Step): readonly string[] {
  if (!isJson) throw new Error(`Dockerfile:${line}: a list in JSON, or a shell is process 1`);
  return words;
}

function copy(build: Build, { words, flags, line }: Step): void {
  const image = current(build);
  const target = words.at(-1) ?? '';
  const sources = words.slice(0, -1);
  const isFolder = target.endsWith('/') || sources.length > 1;
  const place = join(image.root, posix.resolve(image.workdir, target));
  const from = flags.from === undefined ? undefined : build.stages.get(flags.from);
  if (flags.from !== undefined && from === undefined) throw new Error(`Dockerfile:${line}: no stage ${flags.from}`);
  mkdirSync(isFolder ? place : join(place, '..'), { recursive: true });
  for (const source of sources) {
    if (from) copyOne(join(from.root, source), place, isFolder);
    else copyContext(build.context, source, place, isFolder);
  }
}

/** Docker copies the contents of a folder, and a file by its name into a folder. */
function copyOne(source: string, place: string, isFolder: boolean): void {
  const isTree = statSync(source).isDirectory();
  if (isTree) mkdirSync(place, { recursive: true });
  execFileSync('cp', ['-a', '--link', isTree ? `${source}/.` : source, isFolder || isTree ? `${place}/` : place]);
}

function copyContext(context: string, source: string, place: string, isFolder: boolean): void {
  const ignored = dockerignore.default().add(readFileSync(join(context, '.dockerignore'), 'utf8'));
  const from = join(context, source);
  if (!statSync(from).isDirectory()) {
    if (ignored.ignores(posix.normalize(source))) throw new Error(`.dockerignore keeps ${source} from the build`);
    cpSync(from, isFolder ? join(place, posix.basename(source)) : place);
    return;
  }
  for (const name of readdirSync(from)) {
    const path = posix.normalize(posix.join(source, name));
    if (ignored.ignores(path)) continue;
    cpSync(join(context, path), join(place, name), {
      recursive: true,
      filter: file => file === join(context, path) || !ignored.ignores(posix.relative(context, file)),
    });
  }
}

function assignExpanded(build: Build, target: Record<string, string>, pairs: Readonly<Record<string, string>>): void {
  const { environment, arguments: args } = current(build);
  for (const [name, value] of Object.entries(pairs))
    target[name] = value.replace(/\$\{(\w+)\}/g, (_, one: string) => environment[one] ?? args[one] ?? '');
}

const definedOnly = (record: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(record).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
