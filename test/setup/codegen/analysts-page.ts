/** The tables of `docs/analysts.md` that follow from the code: the rules of the verdict, and who can witness an absence. */
import { indicatorTypes } from '../../../src/domain/indicator/model.ts';
import type { Witness } from '../../../src/domain/verdict/model.ts';
import { policyRules, ruleName } from '../../../src/domain/verdict/policy.ts';
import type { Sources } from '../../../src/sources/source.ts';

type Row = readonly string[];

const code = (text: string) => `\`${text}\``;

/** One row for each rule: number, rule, when, effect, why. A rule for two cases has two effects, in the same order. */
export function policyRows(sources: Sources): readonly Row[] {
  return policyRules.map((rule, position) => {
    const names = Object.values(sources)
      .filter(({ kind }) => rule.kind === 'ANY' || rule.kind === kind)
      .map(source => ruleName(position, source));
    const effects = [rule.effect, 'otherwise' in rule ? rule.otherwise : null].filter(effect => effect !== null);
    const effect = effects.length === 0 ? 'none' : effects.map(code).join('; ');
    return [String(position + 1), [...new Set(names)].map(code).join(', '), rule.when, effect, rule.why];
  });
}

const witnessTexts: Readonly<Record<Witness, string>> = { YES: 'yes', IF_LISTED: 'if it says so', NO: 'no' };

/** One row for each type of indicator, one column for each source. */
export const witnessRows = (sources: Sources): readonly Row[] =>
  indicatorTypes.map(type => [
    code(type),
    ...Object.values(sources).map(({ witnesses }) => witnessTexts[witnesses[type]]),
  ]);

/** The page with both tables as the code has them now. */
export function analystsPage(page: string, sources: Sources): string {
  const titles = Object.values(sources).map(({ title }) => title);
  const withRules = withTable(page, ['#', 'rule', 'when', 'effect', 'why'], policyRows(sources));
  return withTable(withRules, ['type', ...titles], witnessRows(sources));
}

/** Replaces the table whose head begins with the same cell. */
function withTable(page: string, head: Row, rows: readonly Row[]): string {
  const lines = [head, ...rows].map(cells => `| ${cells.join(' | ')} |\n`);
  const table = lines.toSpliced(1, 0, `|${'---|'.repeat(head.length)}\n`).join('');
  const place = new RegExp(`^\\| ${head[0]} \\|.*\\n(?:\\|.*\\n)*`, 'm');
  if (!place.test(page)) throw new Error(`docs/analysts.md has no table that begins with "${head[0]}"`);
  return page.replace(place, () => table);
}
