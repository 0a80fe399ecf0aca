import { readFileSync, statSync } from 'node:fs';

/**
 * A credential whose value may change under a running process. The value is asked for at every use and kept nowhere
 * else, so a rotated file takes effect without a restart.
 */
export interface Secret {
  /** The value as of a second ago at most. Never throws: what cannot be read any more stays what it was. */
  read(): string;
  /** Looks again at once, for instance after a 401. True when the value is another than before. */
  reload(): boolean;
}

/** The secret of a variable, nothing (neither NAME nor NAME_FILE is set), or why it cannot be used, without its value. */
export type SecretSetting =
  | { readonly secret: Secret; readonly problem?: undefined }
  | { readonly secret?: undefined; readonly problem: SecretProblem }
  | undefined;

interface SecretProblem {
  /** The variable to correct: NAME or NAME_FILE. */
  readonly variable: string;
  readonly message: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const lookEveryMs = 1_000;

/** NAME or NAME_FILE from the environment: every secret may come as a file. Empty counts as unset. */
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

/** Throws when the file cannot be read or is empty; later troubles with it leave the last good value in force. */
export function openSecretFile(file: string, now: () => number = Date.now): Secret {
  let stamp = stampOf(file);
  let value = contentOf(file);
  let lookedAt = now();

  function readAgain(): boolean {
    const before = value;
    try {
      // The stamp first: a write between the two is then seen at the next look instead of never.
      const next = stampOf(file);
      value = contentOf(file);
      stamp = next;
    } catch {
      // Half-way through its replacement: what we hold is still the best we know.
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
      if (Math.abs(at - lookedAt) < lookEveryMs) return value;
      lookedAt = at;
      if (hasChanged()) readAgain();
      return value;
    },
    reload: readAgain,
  };
}

/** Kubernetes swaps a symbolic link: the inode tells what an equal mtime would hide. */
function stampOf(file: string): string {
  const { mtimeNs, ino, size } = statSync(file, { bigint: true });
  return `${mtimeNs}/${ino}/${size}`;
}

function contentOf(file: string): string {
  const content = readFileSync(file, 'utf8').trim();
  if (content === '') throw new EmptyFile();
  return content;
}
