import { readFileSync } from 'node:fs';

/** A credential that may change while the process runs: read it at each use, so that a rotated file takes effect. */
export interface Secret {
  /** At most a second old. Never throws: a file that cannot be read any more keeps its last value. */
  read(): string;
  /** Reads the file now, for instance after a 401. True: the value has changed. */
  reload(): boolean;
}

/** A variable's secret, or why it cannot be used (never its value); undefined: neither NAME nor NAME_FILE is set. */
export type SecretSetting =
  | { readonly secret: Secret; readonly problem?: undefined }
  | { readonly secret?: undefined; readonly problem: { readonly variable: string; readonly message: string } }
  | undefined;

export type Environment = Readonly<Record<string, string | undefined>>;

const readEveryMs = 1_000;

/** Reads NAME, or the file that NAME_FILE names. Empty counts as unset. A problem is one of NAME_FILE. */
export function secretSetting(name: string, environment: Environment, now = () => performance.now()): SecretSetting {
  const value = environment[name]?.trim();
  const variable = `${name}_FILE`;
  const file = environment[variable];
  if (value && file) return { problem: { variable, message: `stands beside ${name}: set one of them, not both` } };
  if (value) return { secret: { read: () => value, reload: () => false } };
  if (!file) return undefined;
  try {
    return { secret: openSecretFile(file, now) };
  } catch (error) {
    return { problem: { variable, message: `names a file that ${reasonOf(error)}` } };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof EmptyFile) return 'is empty';
  return `cannot be read${error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''}`;
}

class EmptyFile extends Error {}

/** Throws when the file cannot be read or is empty. Later failures leave the last valid value in force. */
export function openSecretFile(file: string, now = () => performance.now()): Secret {
  let value = contentOf(file);
  let readAt = now();

  function reload(): boolean {
    const before = value;
    readAt = now();
    try {
      value = contentOf(file);
    } catch {
      // The file is being replaced: keep the last value.
    }
    return value !== before;
  }

  return {
    read() {
      if (now() - readAt >= readEveryMs) reload();
      return value;
    },
    reload,
  };
}

function contentOf(file: string): string {
  const content = readFileSync(file, 'utf8').trim();
  if (content === '') throw new EmptyFile();
  return content;
}
