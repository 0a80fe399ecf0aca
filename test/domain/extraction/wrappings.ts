/** What stands around an indicator in texts, by name. A `…` in the pattern is the value; other text is none. */
import type { IndicatorType } from '../../../src/domain/indicator/model.ts';

const patterns: Readonly<Record<string, readonly string[]>> = {
  'quotes of several languages': ['"…"', "'…'", '`…`', '“…”', '‘…’', '«…»', '„…“', '「…」', '『…』'],
  brackets: ['(…)', '[…]', '{…}', '<…>', '(…).', '【…】', '（…）'],
  'the end of a sentence': ['seen at ….', '…, then', '…; then', '…!', 'was it …?', '…: yes'],
  'marks of Markdown': ['**…**', '*…*', '_…_', '~~…~~', '> …', '| … |', '|…|', '``…``', '- [ ] …'],
  bullets: ['• …', '•…', '- …', '* …', '►…', '▪…', '–…', '※…'],
  'numbers of a list': ['1. …', '2) …', '[3] …', '(4) …'],
  labels: ['IOC: …', 'ioc=…', 'C2 – …', 'Indicator:\t…', 'ioc="…"'],
  'emoji before it': ['🔗…', '🚨 …', '✅…', '⚠️…', '➡️…'],
  'emoji behind it': ['…🔥', '… 🚨', '…☠️', '…👈', '…™'],
  arrows: ['→…', '…→ x', '⇒ …', 'x -> …'],
  'tags of HTML': ['<b>…</b>', '<td>…</td>', '…<br>next', '<li>…', '<a href="…">x</a>', "<img src='…'>"],
  'entities of HTML': ['&lt;…&gt;', '&quot;…&quot;', '&nbsp;…&nbsp;', '&#39;…&#39;', '&#x201C;…&#x201D;'],
  JSON: [
    '{"ioc":"…"}',
    '["…","x"]',
    String.raw`{"t":"see\n…\nand"}`,
    String.raw`{"t":"a\t…\tb"}`,
    String.raw`"\u003c…\u003e"`,
  ],
  'cells of CSV': ['2026-01-02,…,malware', 'x;…;y', '"x","…","y"', 'x\t…\ty', '…,2026-01-02,'],
  Jira: ['{{…}}', '{code}…{code}', '{noformat}…{noformat}', '{quote}…{quote}', '{color:red}…{color}'],
  AsciiDoc: ['`+…+`', '++…++', '* ++…++'],
  TeX: [String.raw`\url{…}`, String.raw`\texttt{…}`, String.raw`\footnote{…}`],
  'Japanese without spaces': ['アドレスは…です', '「…」に接続', '接続先：…、', '（…）。'],
  'Korean without spaces': ['주소는 …에 연결', '서버 …를', '주소는…입니다'],
  'Thai without spaces': ['ที่อยู่…และ', 'และ…'],
  'other scripts': ['地址…，', '域名：…。', 'адрес …, файл', '«…»', 'עם …, גם', 'مع …، و'],
  'invisible characters': ['\u200B…\u200B', '\u200E…\u200E', '\uFEFF…', '\u202A…\u202C', '\u00A0…\u00A0', '\u2060…'],
  'characters that could not be decoded': ['\uFFFD…\uFFFD', '…\uFFFD'],
  'ends of lines': ['…\r\n', '\n…\n', 'x\r\n…\r\ny', '\t…'],
  code: ["get('…')", 'f("…");', "x = ['…', 1]", 'echo … | sh', 'u=`…`;'],
};

/** A local part may begin with a plus: what is right is not for us to say. */
const excepted: Readonly<Partial<Record<string, readonly IndicatorType[]>>> = { AsciiDoc: ['EMAIL'] };

/** A comma may belong to a URL, and a letter of any script to a name: a single value of that kind is read as it stands. */
const partsOfAValue: readonly string[] = [
  'cells of CSV',
  'Japanese without spaces',
  'Korean without spaces',
  'Thai without spaces',
  'other scripts',
];

interface Wrapping {
  readonly name: string;
  readonly pattern: string;
  readonly wrap: (value: string) => string;
  readonly isFor: (type: IndicatorType) => boolean;
}

export const wrappings: readonly Wrapping[] = Object.entries(patterns).flatMap(([name, list]) =>
  list.map(pattern => ({
    name,
    pattern,
    wrap: (value: string) => pattern.replace('…', () => value),
    isFor: (type: IndicatorType) => !excepted[name]?.includes(type),
  })),
);

export const wrappingsOfOneValue = wrappings.filter(({ name }) => !partsOfAValue.includes(name));
