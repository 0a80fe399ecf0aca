import type { WriteStream } from 'node:tty';

/** Shows one line of progress on a terminal for long lists; writes nothing if standard error is a file or pipe. */
export function startProgress(stream: WriteStream, quiet: boolean) {
  let isShown = false;
  function write(text: string) {
    if (quiet || !stream.isTTY) return;
    stream.write(`\r\u001b[K${text}`);
    isShown = true;
  }
  return {
    show: (done: number, all: number) => {
      if (all > 50) write(`${done} of ${all} looked up`);
    },
    wait: (seconds: number) => write(`The gateway asks to wait ${Math.ceil(seconds)} s`),
    end: () => {
      if (isShown) stream.write('\r\u001b[K');
      isShown = false;
    },
  };
}
