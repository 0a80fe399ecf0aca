import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openSecretFile, secretSetting } from '../../src/config/secret.ts';

let folder: string;
let file: string;
let clock: number;
const now = () => clock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secret-'));
  file = join(folder, 'key');
  clock = 1_000_000;
  writeFileSync(file, 'first\n');
});

test('a secret in a variable is read as it is', () => {
  expect(secretSetting('KEY', { KEY: 'my/api/key' })?.secret?.read()).toBe('my/api/key');
  expect(secretSetting('KEY', { KEY: '', KEY_FILE: '' })).toBeUndefined();
});

test('a changed file takes effect within a second, and is not checked more often', () => {
  const secret = openSecretFile(file, now);
  writeFileSync(file, 'the second\n');
  clock += 999;
  expect(secret.read()).toBe('first');
  clock += 1;
  expect(secret.read()).toBe('the second');
});

test('reload reads the file at once and returns whether the value has changed', () => {
  const secret = openSecretFile(file, now);
  expect(secret.reload()).toBe(false);
  writeFileSync(file, 'second');
  expect(secret.reload()).toBe(true);
  expect(secret.read()).toBe('second');
});

test('a swapped symbolic link is seen, as Kubernetes changes its secrets', () => {
  const link = join(folder, 'link');
  writeFileSync(join(folder, 'other'), 'other\n');
  symlinkSync(file, link);
  const secret = openSecretFile(link, now);
  symlinkSync(join(folder, 'other'), join(folder, 'next'));
  renameSync(join(folder, 'next'), link);
  clock += 1_000;
  expect(secret.read()).toBe('other');
});

test('a file that vanishes or is emptied leaves the last valid value in force', () => {
  const secret = openSecretFile(file, now);
  writeFileSync(file, '');
  clock += 1_000;
  expect(secret.read()).toBe('first');
  rmSync(file);
  clock += 1_000;
  expect(secret.read()).toBe('first');
  expect(secret.reload()).toBe(false);
  writeFileSync(file, 'back');
  clock += 1_000;
  expect(secret.read()).toBe('back');
});

test('a problem names the variable of a secret, never its value', () => {
  expect(secretSetting('KEY', { KEY: 'canary', KEY_FILE: file })?.problem).toEqual({
    variable: 'KEY_FILE',
    message: 'stands beside KEY: set one of them, not both',
  });
  writeFileSync(file, ' \n');
  expect(secretSetting('KEY', { KEY_FILE: file })?.problem?.message).toBe('names a file that is empty');
  expect(secretSetting('KEY', { KEY_FILE: folder })?.problem?.message).toBe(
    'names a file that cannot be read (EISDIR)',
  );
});
