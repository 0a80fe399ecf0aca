import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * The machine's own browser, headless, speaking to nobody of its own accord. Playwright gives it an empty profile and
 * takes that away when it is closed, or when this process ends.
 */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function findChromium(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const path = folders.flatMap(folder => names.map(name => join(folder, name))).find(existsSync);
  if (path === undefined) throw new Error('no Chromium on this machine: node test/setup/machine.ts says how to get it');
  return path;
}
