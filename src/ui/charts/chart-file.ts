/** A chart as the text of an SVG file, with its title above and a note below. */
import { escapedMarkup as escaped } from '../../core/escaped-markup';
import { type Drawing, type Mark, SMALL } from './drawing';
import { type Paint, type SvgNode, svgNodes } from './svg-nodes';
import { wrapped } from './text-width';

const EDGE = 24;
const TITLE = 17;

/** The chart itself stands in it as one group, unchanged. */
export function framed(title: string, note: string, chart: Drawing): Drawing {
  const heading = wrapped(title, chart.width, TITLE);
  const lines = wrapped(note, chart.width, SMALL);
  const top = EDGE + heading.length * 22 + 8;
  const below = top + chart.height + 12;
  return {
    width: chart.width + 2 * EDGE,
    height: below + lines.length * 16 + EDGE / 2,
    spoken: chart.spoken,
    marks: [
      ...heading.map((text, i): Mark => ({
        kind: 'text',
        text,
        x: EDGE,
        y: EDGE + 14 + i * 22,
        size: TITLE,
        fill: 'ink',
        weight: 'bold',
      })),
      { kind: 'group', x: EDGE, y: top, marks: chart.marks },
      ...lines.map((text, i): Mark => ({
        kind: 'text',
        text,
        x: EDGE,
        y: below + 12 + i * 16,
        size: SMALL,
        fill: 'ink-3',
      })),
    ],
  };
}

/**
 * A whole SVG file. Texts of tasks stand in it as text, never as markup.
 * @param id of its patterns: unique where several stand in one document
 */
export function svgFile(drawing: Drawing, paint: Paint, id = 'chart'): string {
  const width = Math.ceil(drawing.width);
  const height = Math.ceil(drawing.height);
  return written({
    name: 'svg',
    attributes: {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      'font-family': 'Atkinson Hyperlegible Next, system-ui, sans-serif',
    },
    children: [
      { name: 'rect', attributes: { width, height, fill: paint('surface') } },
      ...svgNodes(drawing, paint, id),
    ],
  });
}

function written({ name, attributes, children = [], text = '' }: SvgNode): string {
  const pairs = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? '' : ` ${key}="${escaped(String(value))}"`,
  );
  return `<${name}${pairs.join('')}>${escaped(text)}${children.map(written).join('\n')}</${name}>`;
}
