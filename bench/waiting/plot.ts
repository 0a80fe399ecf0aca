/** Small diagrams beside each other, as SVG. */

export interface Point {
  readonly seconds: number;
  readonly concurrency: number | undefined;
  readonly inFlight: number;
}

export interface Panel {
  readonly title: string;
  readonly points: readonly Point[];
  readonly seconds: number;
  /** When Datadog changed, in seconds. */
  readonly changeAt: number | undefined;
}

const panelsInRow = 2;
const size = { width: 420, height: 190 };
const area = { left: 40, top: 34, width: 360, height: 120 };
const legend = 30;
const colours = { concurrency: '#0b57d0', inFlight: '#e8710a' };

export function plot(panels: readonly Panel[]): string {
  const width = panelsInRow * size.width;
  const height = legend + Math.ceil(panels.length / panelsInRow) * size.height;
  const placed = panels.map((panel, index) => {
    const [x, y] = [(index % panelsInRow) * size.width, legend + Math.floor(index / panelsInRow) * size.height];
    return `<g transform="translate(${x} ${y})">${draw(panel)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>Calls at once, as the gateway allows itself and as Datadog sees them</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${label(area.left, 20, 'what the gateway allows itself', colours.concurrency)}
${label(area.left + 220, 20, 'calls that Datadog sees at once', colours.inFlight)}
${label(area.left + 450, 20, '¦ Datadog changes', '#777')}
${placed.join('\n')}
</svg>
`;
}

function draw({ title, points, seconds, changeAt }: Panel): string {
  const most = Math.max(1, ...points.flatMap(({ concurrency = 0, inFlight }) => [concurrency, inFlight]));
  const x = (at: number) => round(area.left + (at / seconds) * area.width);
  const y = (value: number) => round(area.top + area.height * (1 - value / most));
  const line = (of: (point: Point) => number | undefined, colour: string) => {
    const places = points.flatMap(point => {
      const value = of(point);
      return value === undefined ? [] : [`${x(point.seconds)},${y(value)}`];
    });
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${places.join(' ')}"/>`;
  };
  const bottom = area.top + area.height;
  const change = `M${x(changeAt ?? 0)} ${area.top}V${bottom}`;
  return [
    label(area.left, area.top - 10, title, '#000'),
    `<path fill="none" stroke="#bbb" d="M${area.left} ${area.top}V${bottom}H${area.left + area.width}"/>`,
    ...(changeAt === undefined ? [] : [`<path stroke="#777" stroke-dasharray="4 3" d="${change}"/>`]),
    label(4, area.top + 4, String(most), '#555'),
    label(4, bottom, '0', '#555'),
    label(area.left, bottom + 16, '0 s', '#555'),
    label(area.left + area.width - 26, bottom + 16, `${seconds} s`, '#555'),
    line(({ inFlight }) => inFlight, colours.inFlight),
    line(({ concurrency }) => concurrency, colours.concurrency),
  ].join('\n');
}

const label = (x: number, y: number, text: string, colour: string): string =>
  `<text x="${x}" y="${y}" fill="${colour}">${text}</text>`;

const round = (value: number): number => Math.round(value * 10) / 10;
