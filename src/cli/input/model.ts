/** What the readers of the input pass on to one another. */

export interface Piece {
  readonly text: string;
  /** Bytes of the file up to its end. */
  readonly bytes: number;
}

export interface Line extends Piece {
  /** From 1. */
  readonly number: number;
  /** False: too long for one, it goes on in the next. */
  readonly isWhole: boolean;
}

export interface Place {
  /** For the user: "list.txt:12" is a line, "event.json#3" a part of a document. */
  readonly from: string;
  /** Bytes of the file that are done with it. */
  readonly bytes: number;
}

/** To be looked up as it is. `input`: how it is written there. */
interface FoundValue extends Place {
  readonly kind: 'value';
  readonly value: string;
  readonly input: string;
}

/** To be searched for indicators. Without an `input` it may hold none: a part of a report, or text beside a value. */
interface FoundText extends Place {
  readonly kind: 'text';
  readonly text: string;
  readonly input?: string;
  /** What is wrong with the place, such as a row with too many cells. */
  readonly problem?: string;
}

/** Not looked up, and counted by its reason. */
interface LeftOut extends Place {
  readonly kind: 'left out';
  readonly why: string;
}

/** Lines that hold bytes without a meaning in the encoding of the file. */
interface Undecodable extends Place {
  readonly kind: 'undecodable';
  readonly lines: number;
}

export type ItemToAsk = FoundValue | FoundText;
export type InputItem = ItemToAsk | LeftOut | Undecodable;

/** The input cannot be read; the message says why and what would be right. */
export class InputError extends Error {}
