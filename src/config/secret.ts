import { readFileSync, statSync } from 'node:fs';

/**
 * A credential that may change while the process runs. Read it at every use and do not keep the value: then a rotated
 * file takes effect without a restart.
 */
export interface Secret {
  /** At most a second old. Never throws: a file that cannot be read any more keeps its last value. */
  read(): string;
  /** Reads the file now, for instance after a 401. True: the value has changed. */
  reload(): boolean;
}

/** A variable's secret, or why it cannot be used (never its value); undefined: neither NAME nor NAME_FILE is set. */
export type SecretSetting =
  | { readonly secret: Secret; readonly problem?: undefined }
  | { readonly secret?: undefined; readonly problem: SecretProblem }
  | undefined;

interface SecretProblem {
  /** The variable to correct: NAME or NAME_FILE. */
  readonly variable: string;
  readonly message: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const checkEveryMs = 1_000;

/** Reads NAME, or the file that NAME_FILE names. Empty counts as unset. */
export function secretSetting(name: string, environment: Environment, now: () => number = Date.now): SecretSetting {
  const value = environment[name]?.trim();
  const file = environment[`${name}_FILE`];
  if (value && file) return problem(`${name}_FILE`, `set either ${name} or ${name}_FILE, not both`);
  if (value) return { secret: constantSecret(value) };
  return file ? fileSetting(`${name}_FILE`, file, now) : undefined;
}

function problem(variable: string, message: string): SecretSetting {
  return { problem: { variable, message } };
}

function fileSetting(variable: string, file: string, now: () => number): SecretSetting {
  try {
    return { secret: openSecretFile(file, now) };
  } catch (error) {
    return problem(
      variable,
      `names a file that ${error instanceof EmptyFile ? 'is empty' : `cannot be read${code(error)}`}`,
    );
  }
}

function code(error: unknown): string {
  return error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
}

function constantSecret(value: string): Secret {
  return { read: () => value, reload: () => false };
}

class EmptyFile extends Error {}

/** Throws when the file cannot be read or is empty. Later failures leave the last valid value in force. */
export function openSecretFile(file: string, now: () => number = Date.now): Secret {
  let stamp = stampOf(file);
  let value = contentOf(file);
  let checkedAt = now();

  function readFile(): boolean {
    const before = value;
    try {
      // Stamp first: a write in between is then noticed at the next check.
      const next = stampOf(file);
      value = contentOf(file);
      stamp = next;
    } catch {
      // The file is being replaced: keep the last value.
    }
    return value !== before;
  }

  function hasChanged(): boolean {
    try {
      return stampOf(file) !== stamp;
    } catch {
      return false;
    }
  }

  return {
    read() {
      const at = now();
      if (Math.abs(at - checkedAt) < checkEveryMs) return value;
      checkedAt = at;
      if (hasChanged()) readFile();
      return value;
    },
    reload: readFile,
  };
}

/** With the inode, because Kubernetes swaps a symbolic link and the mtime may stay equal. */
function stampOf(file: string): string {
  const { mtimeNs, ino, size } = statSync(file, { bigint: true });
  return `${mtimeNs}/${ino}/${size}`;
}

function contentOf(file: string): string {
  const content = readFileSync(file, 'utf8').trim();
  if (content === '') throw new EmptyFile();
  return content;
}
