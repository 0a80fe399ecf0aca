/**
 * Loaded into a gateway with `--import`: between 'start' and 'stop' it watches how long the event loop stands still, by the
 * processor time of its thread, of which a busy machine makes no more. Collections of garbage are in it.
 */
let turnedAt = 0;
let stalls: number[] = [];
let timer: NodeJS.Timeout | undefined;

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function turn(): void {
  const now = threadMs();
  stalls.push(now - turnedAt);
  turnedAt = now;
}

process.on('message', message => {
  clearInterval(timer);
  if (message === 'start') {
    stalls = [];
    turnedAt = threadMs();
    timer = setInterval(turn, 1);
    process.send?.('ready');
  } else {
    turn();
    process.send?.({ 'longest stall ms': Math.max(...stalls), 'over 20 ms': stalls.filter(ms => ms > 20).length });
  }
});
