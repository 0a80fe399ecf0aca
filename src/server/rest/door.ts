/** A door: a stored GraphQL operation, the arguments that it takes, and the shape of its answer. Pure. */
import { z } from 'zod';
import type { Tlp } from '../../domain/egress/tlp.ts';
import type { GraphqlResponse } from '../operation-cache.ts';
import type { RefusedRequest } from '../refuse.ts';
import { graphqlError, refusalIn } from './problem.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** Arguments that mean the same at every door which has them. */
interface DoorArguments {
  readonly values?: readonly string[];
  readonly text?: string;
  readonly after?: string | null | undefined;
  readonly tlp?: Tlp | undefined;
}

interface DoorParts<Read extends DoorArguments, Data, Answer> {
  /** Its name stands in the log and in the audit. */
  readonly operation: string;
  readonly given: z.ZodType<Read>;
  /** The most `values` that it takes at once, where that may be less than MAX_VALUES. */
  readonly maxValues?: number;
  variablesOf(given: Read): Arguments;
  /** What the operation answers. */
  readonly data: z.ZodType<Data>;
  readonly answer: z.ZodType<Answer>;
  shape(data: Data, given: Read): Answer;
}

export interface Door<Answer extends object = object> {
  readonly given: z.ZodType;
  readonly answer: z.ZodType<Answer>;
  /** The question that is to be run, or what is wrong with the arguments. */
  read(given: unknown): StoredQuestion<Answer> | RefusedRequest;
}

interface StoredQuestion<Answer> {
  readonly operation: string;
  readonly variables: Arguments;
  /** How the caller has marked what it asks. */
  readonly tlp: Tlp | undefined;
  /** An answer with an error in it is refused whole. */
  answer(response: GraphqlResponse): Answer | RefusedRequest;
}

export function openDoor<Read extends DoorArguments, Data, Answer extends object>(
  parts: DoorParts<Read, Data, Answer>,
): Door<Answer> {
  const { operation, given, answer, data, maxValues = Number.POSITIVE_INFINITY } = parts;
  return {
    given,
    answer,
    read(sent) {
      const read = given.safeParse(sent);
      if (!read.success) return wrongArguments(read.error);
      const { values = [], tlp } = read.data;
      if (values.length > maxValues) return tooMany(values.length, maxValues);
      return {
        ...{ operation, tlp, variables: parts.variablesOf(read.data) },
        answer({ text, status }) {
          const answered = graphqlAnswer.parse(JSON.parse(text));
          const [problem] = answered.errors ?? [];
          return problem ? refusalIn(problem, status) : parts.shape(data.parse(answered.data), read.data);
        },
      };
    },
  };
}

const graphqlAnswer = z.object({ data: z.unknown().optional(), errors: z.array(graphqlError).optional() });

const wrongArguments = ({ issues }: z.ZodError): RefusedRequest => ({
  status: 400,
  code: 'BAD_USER_INPUT',
  message: issues
    .slice(0, 5)
    .map(({ message }) => message)
    .join(' '),
});

const tooMany = (given: number, most: number): RefusedRequest => ({
  status: 400,
  code: 'OPERATION_TOO_LARGE',
  message: `Too many values: there are ${given}, and at most ${most} are taken at once. Send them in parts.`,
});
