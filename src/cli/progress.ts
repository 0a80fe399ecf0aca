import type { WriteStream } from 'node:tty';

/** One line of progress on a terminal, for lists that take a while; nothing where standard error is a file or pipe. */
export function startProgress(stream: WriteStream, quiet: boolean) {
  let isShown = false;
  function say(text: string) {
    if (quiet || !stream.isTTY) return;
    stream.write(`\r\u001b[K${text}`);
    isShown = true;
  }
  return {
    show: (done: number, all: number) => {
      if (all > 50) say(`${done} of ${all} asked`);
    },
    wait: (seconds: number) => say(`The gateway asks to wait ${Math.ceil(seconds)} s`),
    end: () => {
      if (isShown) stream.write('\r\u001b[K');
      isShown = false;
    },
  };
}
