import { type Browser, chromium } from 'playwright-core';
import { requireCommand } from './command.ts';

/**
 * The machine's own browser, headless, speaking to nobody of its own accord. Playwright gives it an empty profile and
 * takes that away when it is closed, or when this process ends.
 */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: requireCommand('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'),
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
