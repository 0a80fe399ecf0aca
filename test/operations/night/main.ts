/** `npm run night -- --minutes 60`: ends with 1 when an alert was missed, late or false, a request failed, or a verdict was clean wrongly. */
import { parseArgs } from 'node:util';
import { falseAlarms, falseCleans } from './judge.ts';
import { fewestMinutes, liveNight } from './night.ts';
import { tellOf } from './table.ts';
import { nightMinutes } from './timeline.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const minutes = Number(values.minutes);
if (!(minutes >= fewestMinutes)) throw new Error(`--minutes ${values.minutes}: at least ${fewestMinutes}`);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

say(`A night of ${nightMinutes} minutes in ${minutes}.`);
const lived = await liveNight(minutes, say);
const { night, firings, answers, factor } = lived;
const { table, findings } = tellOf(lived);
const verdicts = answers.reduce((sum, answer) => sum + answer.verdicts.length, 0);
say(`\n${table}\n`);
say(`time passes ${factor.toFixed(1)} times as fast; ${answers.length} requests, ${verdicts} verdicts`);
say(`${falseAlarms(night, firings).length} false alarms, ${falseCleans(night, answers).length} false cleans`);
for (const finding of findings.slice(0, 60)) say(finding);
process.exitCode = findings.length > 0 ? 1 : 0;
