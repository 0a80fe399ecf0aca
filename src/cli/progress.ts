import type { WriteStream } from 'node:tty';

/** Shows one line of progress on a terminal, and notes; writes no progress if standard error is a file or pipe. */
export function startProgress(stream: WriteStream, quiet: boolean) {
  let isShown = false;
  function write(text: string) {
    if (quiet || !stream.isTTY) return;
    stream.write(`\r\u001b[K${text}`);
    isShown = true;
  }
  function end() {
    if (isShown) stream.write('\r\u001b[K');
    isShown = false;
  }
  return {
    /** `share`: from 0 to 1; undefined where nobody knows how long the input is. */
    show: (done: number, share: number | undefined) =>
      write(`${done} looked up${share === undefined ? '' : `, ${Math.floor(Math.min(1, share) * 100)} %`}`),
    wait: (seconds: number) => write(`The gateway asks to wait ${Math.ceil(seconds)} s`),
    tell(sentence: string) {
      end();
      if (!quiet) stream.write(`${sentence}\n`);
    },
    end,
  };
}
