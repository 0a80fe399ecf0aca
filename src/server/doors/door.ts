/** A door: a stored GraphQL operation, the arguments that it takes, and the shape of its answer. Pure. */
import { z } from 'zod';
import type { Tlp } from '../../domain/egress/tlp.ts';
import { errorCodes, statusOfCode } from '../../graphql/error-codes.ts';
import type { GraphqlResponse } from '../operation-cache.ts';
import type { RefusedRequest } from '../refuse.ts';

/** All but `tlp`, which marks what is asked, are variables of the operation. */
interface DoorArguments {
  readonly values?: readonly string[];
  readonly text?: string;
  readonly after?: string | undefined;
  readonly tlp?: Tlp | undefined;
}

interface DoorParts<Data, Answer> {
  /** Its name stands in the log and in the audit. */
  readonly operation: string;
  readonly given: z.ZodType<DoorArguments>;
  /** The most `values` that it takes at once, where that may be less than MAX_VALUES. */
  readonly maxValues?: number | undefined;
  readonly answer: z.ZodType;
  shape(data: Data, given: DoorArguments): Answer;
}

export interface Door<Answer extends object = object> {
  readonly given: z.ZodType;
  readonly answer: z.ZodType;
  /** The question that is to be run, or what is wrong with the arguments. */
  read(given: unknown): StoredQuestion<Answer> | RefusedRequest;
}

interface StoredQuestion<Answer> {
  readonly operation: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly tlp: Tlp | undefined;
  /** An answer with an error in it is refused whole. */
  answer(response: GraphqlResponse): Answer | RefusedRequest;
}

export function openDoor<Data, Answer extends object>(parts: DoorParts<Data, Answer>): Door<Answer> {
  const { operation, given, answer, maxValues = Number.POSITIVE_INFINITY } = parts;
  return {
    ...{ given, answer },
    read(sent) {
      const { data: read, error } = given.safeParse(sent);
      if (error)
        return refused(
          'BAD_USER_INPUT',
          [...new Set(error.issues.map(({ message }) => message))].slice(0, 5).join(' '),
        );
      const { tlp, ...variables } = read;
      const count = read.values?.length ?? 0;
      if (count > maxValues)
        return refused(
          'OPERATION_TOO_LARGE',
          `Too many values: there are ${count}, and at most ${maxValues} are taken at once.`,
        );
      return {
        ...{ operation, tlp, variables: withoutNothing(variables) },
        answer({ text, status }) {
          const { errors, data }: GraphqlAnswer<Data> = JSON.parse(text);
          return errors?.[0] ? refusalIn(graphqlError.parse(errors[0]), status) : parts.shape(data, read);
        },
      };
    },
  };
}

interface GraphqlAnswer<Data> {
  readonly data: Data;
  readonly errors?: readonly unknown[];
}

/** An error as it stands in a GraphQL response. */
const graphqlError = z.object({
  message: z.string(),
  extensions: z.object({ code: z.enum(errorCodes), retryAfterSeconds: z.number().optional() }),
});

/** `httpStatus`: of the GraphQL response. */
function refusalIn({ message, extensions }: z.infer<typeof graphqlError>, httpStatus: number): RefusedRequest {
  return { status: httpStatus === 200 ? statusOfCode(extensions.code) : httpStatus, message, ...extensions };
}

/** A variable that is left out has its default, which null has not. */
const withoutNothing = (variables: object) =>
  Object.fromEntries(Object.entries(variables).filter(([, value]) => value != null));

const refused = (code: 'BAD_USER_INPUT' | 'OPERATION_TOO_LARGE', message: string): RefusedRequest => ({
  ...{ status: 400, code, message },
});
