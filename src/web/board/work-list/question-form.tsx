/** What the work list shows, and in which order. Choices count at once, texts when they are sent with Enter. */
import { type Ref, type SubmitEvent, useState } from 'react';
import { fieldTitles, type Question } from './question.ts';

interface QuestionFormProps {
  readonly question: Question;
  readonly queryField: Ref<HTMLInputElement>;
  /** The list is read anew, also when the question is the same. */
  readonly onAsk: (question: Question) => void;
  readonly onHelp: () => void;
}

export function QuestionForm({ question, queryField, onAsk, onHelp }: QuestionFormProps) {
  const [query, setQuery] = useState(question.query);
  const [workedBy, setWorkedBy] = useState(question.workedBy);
  const ask = (change: Partial<Question>) => onAsk({ ...question, query, workedBy, ...change });
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    ask({});
  }
  const isDescending = question.direction === 'DESC';
  return (
    <search aria-label="What the work list shows">
      <form className="tools question" onSubmit={submit}>
        <label>
          Show
          <select
            value={question.state ?? ''}
            onChange={({ target: { value } }) =>
              ask({ state: value === '' ? undefined : (value as Question['state']) })
            }
          >
            <option value="NOT_REVIEWED">To review</option>
            <option value="REVIEWED">Reviewed</option>
            <option value="">All</option>
          </select>
        </label>
        <TextField label="Query" hint="Datadog's search  /" ref={queryField} text={query} onText={setQuery} />
        <TextField label="Worked by" hint="handle" text={workedBy} onText={setWorkedBy} />
        <label>
          Order
          <select
            value={question.field}
            onChange={({ target: { value } }) => ask({ field: value as Question['field'] })}
          >
            {Object.entries(fieldTitles).map(([field, title]) => (
              <option key={field} value={field}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <button type="button" className="quiet" onClick={() => ask({ direction: isDescending ? 'ASC' : 'DESC' })}>
          {isDescending ? 'Highest first' : 'Lowest first'}
        </button>
        <div className="actions">
          <button type="submit">Read again</button>
          <button type="button" aria-label="Help and keys" onClick={onHelp}>
            ?
          </button>
        </div>
      </form>
    </search>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly ref?: Ref<HTMLInputElement>;
}

const TextField = ({ label, hint, text, onText, ref }: TextFieldProps) => (
  <label>
    {label}
    <input
      ref={ref}
      type="search"
      placeholder={hint}
      autoComplete="off"
      spellCheck={false}
      value={text}
      onChange={event => onText(event.target.value)}
    />
  </label>
);
