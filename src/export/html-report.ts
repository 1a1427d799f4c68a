/**
 * A report as one HTML file that needs nothing else: no script, no address, charts as SVG. All texts are escaped, and a
 * policy of its own forbids whatever would run or load all the same. It prints on A4.
 */
import { escapedMarkup as escaped } from '../core/escaped-markup';

/** One answer to a task, by the name of who gave it. */
interface ReportAnswer {
  readonly name: string;
  /** Such as its score; empty for none. */
  readonly note: string;
  readonly text: string;
}
export type ReportPart =
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [name: string, value: string])[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly string[];
      /** The first cell of a row names it. */
      readonly rows: readonly (readonly string[])[];
    }
  /** @param svg a whole SVG element as `svgFile` (ui/charts) writes it: its texts are escaped already */
  | { readonly kind: 'chart'; readonly svg: string }
  | {
      readonly kind: 'answers';
      readonly instruction: string;
      readonly input: string;
      readonly answers: readonly ReportAnswer[];
    }
  | { readonly kind: 'text'; readonly text: string };
export interface HtmlReport {
  readonly title: string;
  readonly lead: string;
  readonly sections: readonly { readonly title: string; readonly parts: readonly ReportPart[] }[];
  readonly foot: string;
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const STYLE = `
@page { size: A4; margin: 16mm 15mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 47rem; padding: 2rem 1.25rem; color: #15181c; background: #fff;
  font: 16px/1.5 'Atkinson Hyperlegible Next', system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; break-after: avoid; }
p { margin: .5rem 0; white-space: pre-wrap; }
.note, footer { color: #454c55; font-size: .875rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: .5rem 0; }
dt { color: #454c55; }
dd { margin: 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .5rem; border-bottom: 1px solid #d5d9de; text-align: right; vertical-align: top; }
th:first-child, td:first-child { text-align: left; }
tr, figure, .answer, dl { break-inside: avoid; }
figure { margin: .75rem 0; }
svg { display: block; max-width: 100%; height: auto; }
article { border-top: 1px solid #d5d9de; padding: .75rem 0; }
article > p { font-weight: 600; break-after: avoid; }
article > p.input { font-weight: 400; padding: .4rem .6rem; background: #f0f2f4; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .25rem 1.25rem; }
.answer { font-size: .9rem; }
.answer b { display: block; }
footer { margin-top: 2.5rem; border-top: 1px solid #d5d9de; padding-top: .5rem; }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt; } }
`;

export function htmlReport({ title, lead, sections, foot }: HtmlReport): string {
  const body = sections.map(
    (section) =>
      `<section>\n<h2>${escaped(section.title)}</h2>\n${section.parts.map(partOf).join('\n')}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1 dir="auto">${escaped(title)}</h1>
<p>${escaped(lead)}</p>
${body.join('\n')}
<footer>${escaped(foot)}</footer>
</body>
</html>
`;
}

function partOf(part: ReportPart): string {
  switch (part.kind) {
    case 'facts':
      return `<dl>${part.rows
        .map(([name, value]) => `<dt>${escaped(name)}</dt><dd dir="auto">${escaped(value)}</dd>`)
        .join('\n')}</dl>`;
    case 'table':
      return `<table><thead><tr>${part.columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>
<tbody>${part.rows.map(rowOf).join('\n')}</tbody></table>`;
    case 'chart':
      return `<figure>${part.svg}</figure>`;
    case 'answers':
      return `<article>
<p dir="auto">${escaped(part.instruction)}</p>
${part.input === '' ? '' : `<p class="input" dir="auto">${escaped(part.input)}</p>`}
<div class="answers">${part.answers.map(answerOf).join('\n')}</div>
</article>`;
    case 'text':
      return `<p class="note">${escaped(part.text)}</p>`;
  }
}
const rowOf = ([name = '', ...cells]: readonly string[]): string =>
  `<tr><th scope="row" dir="auto">${escaped(name)}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
const answerOf = ({ name, note, text }: ReportAnswer): string =>
  `<div class="answer"><b dir="auto">${escaped(name)}</b><span class="note">${escaped(note)}</span><p dir="auto">${escaped(text)}</p></div>`;
