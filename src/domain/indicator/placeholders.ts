/** What a playbook sends where a value was missing. Pure. */

/** Text for nothing at all, in lower case. */
const nothings: ReadonlySet<string> = new Set([
  ...'none null nil undefined nan n/a na #n/a - -- – — ? {} [] () (null) (none) <null> <none>'.split(' '),
  '[object object]',
  'not available',
]);

const maxLength = 20;

/** A cheap test before those that follow. */
const signs = /[{$%<_]|\[\[/u;
/** {{alert.ioc}}, ${indicator}, %{ioc}, {% ioc %}, #{ioc}, <%= ioc %>: also inside other text. */
const template = /\{\{\s?[\w.$[\]()'"| -]{1,200}\}\}|[$%#]\{[\w. -]{1,100}\}|\{%[^%]{1,200}%\}|<%[^%]{1,200}%>/u;
/** {ioc}, $ioc, $(ioc), $result.ioc$, %ioc%, <ip>, [[ioc]], __ioc__: the whole text. */
const wholeTemplate =
  /^(?:\{[a-z_]\w*(?:\.\w+)*\}|\$\(?[a-z_][\w.]*[)$]?|%[a-z_][\w.]*%|<\/?[a-z_][\w -]*>|\[\[[\w.]+\]\]|__\w+__)$/iu;

/** Returns undefined where the text is more than the lack of a value. */
export function placeholderProblem(text: string): string | undefined {
  if (text.length < maxLength && nothings.has(text.toLowerCase()))
    return `“${text}” stands for no value: whatever sent it had none. For the text itself give type OTHER.`;
  if (!signs.test(text)) return undefined;
  const found = template.exec(text)?.[0] ?? wholeTemplate.exec(text)?.[0];
  return found === undefined
    ? undefined
    : `“${found}” is a place for a value that was not filled in: whatever sent it did not have the value. For the text itself give type OTHER.`;
}
