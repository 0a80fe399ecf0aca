/** What bytes an input is made of, and what is said of those that are no text. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandBench, rowsIn, startCommandBench } from './bench.ts';

let bench: CommandBench;
beforeAll(async () => {
  bench = await startCommandBench();
});
afterAll(() => bench?.stop());

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const utf32 = (text: string) => Buffer.concat([...text].map(sign => Buffer.from([sign.charCodeAt(0), 0, 0, 0])));
const ask = (content: Uint8Array, ...options: string[]) =>
  bench.enrich(['--fail-on', 'malicious', ...options, bench.fileOf(content)]);
const inputsOf = (out: string) => rowsIn(out).map(({ input }) => input);

const report = 'Seen: evil.example.org, again\nand again from 192.0.2.1\n';
const list = '\u00a0evil.example.org\nquiet.example.com\u00a0\n';

describe('an input', () => {
  it.each([
    ['UTF-8', Buffer.from(report), /^2 looked up/],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${report}`), /^2 looked up/],
    ['UTF-16 with a mark', utf16(`\ufeff${report}`), /read as UTF-16\./],
    ['UTF-16 without one', utf16(report), /read as UTF-16\./],
    ['big-endian UTF-16 with a mark', utf16(`\ufeff${report}`).swap16(), /read as UTF-16, big-endian\./],
    ['big-endian UTF-16 without one', utf16(report).swap16(), /read as UTF-16, big-endian\./],
    ['Windows-1252', latin1(`Caf\xe9 \x93${report}`), /read as Windows-1252\./],
  ])('in %s is read, and what is unusual is said', async (_, content, said) => {
    const { code, out, err } = await ask(content);
    expect(inputsOf(out)).toEqual(['evil.example.org', '192.0.2.1']);
    expect(err).toMatch(said);
    expect(code).toBe(3);
  });

  it.each([
    ['UTF-16', utf16(list)],
    ['Windows-1252', latin1(list)],
  ])('in %s may be a list with non-breaking spaces', async (_, content) => {
    const { code, out } = await ask(content);
    expect(inputsOf(out)).toEqual(['evil.example.org', 'quiet.example.com']);
    expect(code).toBe(3);
  });

  it('keeps its names in every encoding, wherever a block of bytes ends', async () => {
    const padding = `${'x'.repeat(63)}\n`.repeat(1024).slice(0, -3);
    const text = `${padding} bücher.example.org\n`;
    for (const content of [Buffer.from(text), latin1(text), utf16(text)]) {
      const { out } = await ask(content, '--text');
      expect(inputsOf(out)).toEqual(['xn--bcher-kva.example.org']);
    }
  });

  it('that changes its encoding is said to, and does not exit with 0', async () => {
    const padding = 'nothing here\n'.repeat(10_000);
    const mixed = Buffer.concat([latin1(`Caf\xe9\n${padding}`), Buffer.from('bücher.example.org\n')]);
    const { code, err } = await bench.enrich([bench.fileOf(mixed)]);
    expect(err).toMatch(/read as Windows-1252\..*it goes on in UTF-8 behind byte 65536.*--encoding/s);
    expect(code).toBe(1);
  });

  it('in another encoding is read where the option names it', async () => {
    const koi8 = Buffer.from([0xd0, 0xcf, 0xde, 0xd4, 0xc1]);
    const { out } = await ask(Buffer.concat([koi8, latin1('.example.org\n')]), '--encoding', 'koi8-r');
    expect(rowsIn(out)[0].input).toBe('почта.example.org');
    const unknown = await ask(latin1(report), '--encoding', 'klingon');
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('--encoding does not know "klingon"') });
  });

  it.each([
    ['zero bytes', latin1('evil.example.org\0\0\0\n')],
    ['bytes that no encoding here defines', latin1('\x81\x8d')],
    ['an archive', Buffer.from('504b03040a0000000000b5a3000000', 'hex')],
    ['UTF-32', utf32(report)],
  ])('of %s is refused with what to do, not searched in vain', async (_, content) => {
    const { code, out, err } = await ask(content);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/\.txt holds bytes that are no text .* Save it as text .* --encoding/);
  });

  it('of damaged UTF-8 stays UTF-8; the damage is counted, its first line named, and the exit is not 0', async () => {
    const { code, out, err } = await bench.enrich([
      bench.fileOf(
        Buffer.concat([Buffer.from('bücher.example.org\nquiet.example.com'), latin1('\xff\nb.example.org')]),
      ),
    ]);
    expect(rowsIn(out).map(({ input }) => input)).toEqual([
      'bücher.example.org',
      'quiet.example.com\ufffd',
      'b.example.org',
    ]);
    expect(err).toContain('lines with bytes that cannot be decoded: 1, the first is line 2.');
    expect(err).toContain('1 with bytes that cannot be decoded');
    expect(code).toBe(1);
  });

  it('in which nothing is found among damaged bytes does not exit with 0', async () => {
    const { code, err } = await bench.enrich([
      bench.fileOf(Buffer.concat([Buffer.from(`${'größer und schöner '.repeat(9)}`), latin1('\xff')])),
    ]);
    expect(err).toContain('No indicator was found, 1 with bytes that cannot be decoded.');
    expect(code).toBe(1);
  });
});
