/** A Dockerfile as a list of steps, in the few forms that ours uses; another form is an error, never skipped. */
import {
  DockerfileParser,
  type Instruction,
  JSONInstruction,
  ModifiableInstruction,
  PropertyInstruction,
} from 'dockerfile-ast';

export interface Step {
  readonly keyword: string;
  /** Without flags; of the JSON form its strings; of the shell form one string. */
  readonly words: readonly string[];
  readonly isJson: boolean;
  readonly flags: Readonly<Record<string, string>>;
  /** Names and values of ENV, ARG and LABEL. */
  readonly pairs: Readonly<Record<string, string>>;
  readonly line: number;
}

const shellForm = ['RUN', 'CMD', 'ENTRYPOINT'];

export function parseDockerfile(text: string): Step[] {
  return DockerfileParser.parse(text).getInstructions().map(toStep);
}

function toStep(instruction: Instruction): Step {
  const keyword = instruction.getKeyword();
  const words = instruction.getArguments().map(argument => argument.getValue());
  const strings = instruction instanceof JSONInstruction ? instruction.getJSONStrings() : [];
  const isJson = strings.length > 0;
  return {
    keyword,
    isJson: isJson || keyword === 'HEALTHCHECK',
    words: isJson
      ? strings.map(one => one.getJSONValue())
      : keyword === 'HEALTHCHECK'
        ? healthCommand(instruction)
        : shellForm.includes(keyword)
          ? [instruction.getArgumentsContent() ?? '']
          : words,
    flags: flagsIn(instruction),
    pairs: instruction instanceof PropertyInstruction ? pairsIn(instruction) : {},
    line: instruction.getRange().start.line + 1,
  };
}

function flagsIn(instruction: Instruction): Record<string, string> {
  const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
  return Object.fromEntries(flags.map(flag => [flag.getName(), flag.getValue() ?? '']));
}

function pairsIn(instruction: PropertyInstruction): Record<string, string> {
  return Object.fromEntries(instruction.getProperties().map(one => [one.getName(), one.getValue() ?? '']));
}

/** HEALTHCHECK [flags] CMD ["…"]: its command, which has to be in the JSON form. */
function healthCommand(instruction: Instruction): string[] {
  const json = /CMD\s+(\[.*\])\s*$/s.exec(instruction.getArgumentsContent() ?? '')?.[1];
  if (json === undefined) throw new Error('HEALTHCHECK has to be CMD with a JSON list');
  const words: unknown = JSON.parse(json);
  if (!Array.isArray(words)) throw new Error('HEALTHCHECK has to be CMD with a JSON list');
  return words.map(String);
}
