/** Lines over two logarithmic axes as SVG, readable in light and dark. */
export interface PlotInput {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

const WIDTH = 860;
const HEIGHT = 480;
const LEFT = 76;
const RIGHT = 240;
const TOP = 44;
const BOTTOM = 52;
/** Distinguishable without colour vision, on white and on near-black. */
const COLOURS = ['#c2410c', '#a16207', '#b45384', '#5b6ee1', '#0e8f8f', '#1d7f3f', '#4d9a1c', '#8250df'];
const LABEL_GAP = 17;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const written = (value: number) =>
  value >= 1000 ? value.toLocaleString('en-US') : Number(value.toPrecision(3)).toString();

export function linePlot({ title, x, y, series }: PlotInput): string {
  const points = series.flatMap((line) => line.points);
  const low = Math.floor(Math.log10(Math.min(...points.map(([, value]) => value))));
  const high = Math.ceil(Math.log10(Math.max(...points.map(([, value]) => value))));
  const sizes = [...new Set(points.map(([size]) => size))].toSorted((a, b) => a - b);
  const first = sizes[0] ?? 1;
  const last = sizes.at(-1) ?? first;
  const across = (size: number) =>
    LEFT + ((WIDTH - LEFT - RIGHT) * Math.log(size / first)) / Math.max(Math.log(last / first), 1e-9);
  const down = (value: number) =>
    TOP + ((HEIGHT - TOP - BOTTOM) * (high - Math.log10(value))) / Math.max(high - low, 1);
  const right = WIDTH - RIGHT;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    '<style>text{font:13px system-ui,sans-serif;fill:#222}.grid{stroke:#8886;stroke-width:1}' +
      'polyline{fill:none;stroke-width:2.5}rect{fill:#fff}' +
      '@media(prefers-color-scheme:dark){text{fill:#e6e6e6}rect{fill:#14181b}}</style>',
    `<rect width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text x="${LEFT}" y="24" style="font-size:16px;font-weight:600">${escaped(title)} (${escaped(y)})</text>`,
    `<text x="${(LEFT + right) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${escaped(x)}</text>`,
  ];
  for (let power = low; power <= high; power++) {
    const at = down(10 ** power).toFixed(1);
    parts.push(`<line class="grid" x1="${LEFT}" x2="${right}" y1="${at}" y2="${at}"/>`);
    parts.push(`<text x="${LEFT - 8}" y="${at}" dy="4" text-anchor="end">${written(10 ** power)}</text>`);
  }
  for (const size of sizes) {
    parts.push(
      `<text x="${across(size).toFixed(1)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${written(size)}</text>`,
    );
  }
  // Names at the ends of their lines, pushed apart where lines end close together.
  const ends = series
    .map((line, i) => ({
      line,
      colour: COLOURS[i % COLOURS.length] ?? '',
      y: down(line.points.at(-1)?.[1] ?? 1),
    }))
    .toSorted((a, b) => a.y - b.y);
  let above = -Infinity;
  for (const { line, colour, y: end } of ends) {
    const path = line.points
      .map(([size, value]) => `${across(size).toFixed(1)},${down(value).toFixed(1)}`)
      .join(' ');
    parts.push(`<polyline points="${path}" stroke="${colour}"/>`);
    above = Math.max(end, above + LABEL_GAP);
    parts.push(
      `<line x1="${right + 4}" x2="${right + 14}" y1="${end.toFixed(1)}" y2="${above.toFixed(1)}" stroke="${colour}"/>`,
    );
    parts.push(`<text x="${right + 18}" y="${above.toFixed(1)}" dy="4">${escaped(line.name)}</text>`);
  }
  return `${[...parts, '</svg>'].join('\n')}\n`;
}
