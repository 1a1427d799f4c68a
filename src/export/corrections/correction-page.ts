/**
 * Tasks for an expert as one HTML file that works without the app and without a network: texts are edited in it, and saved as
 * the rows that `readCorrections` reads. Its script is named by its hash in a policy that lets nothing else run or load.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { escapedMarkup as escaped } from '../../core/escaped-markup';
import { CORRECTION_COLUMNS, correctionCells, runFingerprint } from '../../core/review/correction-file';
import type { RunRecord } from '../../core/run';
import type { Task } from '../../core/task';
import { FORMULA } from '../../io/csv-writer';
import { WORDS } from '../words';
import SCRIPT from './page.js?raw';
import { STYLE } from './page-style';

/** Rows that the page shows at once. */
const ROWS = 20;

/** In a script element nothing but `<` could end it. */
const data = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
const hash = (script: string): string => btoa(String.fromCharCode(...sha256(utf8ToBytes(script))));

interface CorrectionPage {
  readonly run: RunRecord;
  /** Name of the file that the expert saves. */
  readonly answers: string;
  /** Milliseconds since 1970: two pages of one run keep what was changed apart. */
  readonly sentAt: number;
}

/** The page as pieces of text, in the order of the tasks. @param pages those without instances are left out */
export async function* correctionPage(
  pages: AsyncIterable<readonly Task[]>,
  { run, answers, sentAt }: CorrectionPage,
): AsyncGenerator<string> {
  const words = WORDS.correctionPage;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash(SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  const print = runFingerprint(run);
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(words.title(run.number))}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(words.title(run.number))}</h1>
<p>${escaped(words.lead)}</p>
<main id="tasks" tabindex="-1" aria-label="${escaped(words.tasks)}"></main>
`;
  let rows: (readonly string[])[] = [];
  let blocks = 0;
  const block = (): string => {
    blocks++;
    const text = `<script type="application/json" class="rows">${data(rows)}</script>\n`;
    rows = [];
    return text;
  };
  for await (const tasks of pages) {
    const done: string[] = [];
    for (const task of tasks) {
      rows.push(...correctionCells(print, task));
      if (rows.length >= ROWS) done.push(block());
    }
    if (done.length > 0) yield done.join('');
  }
  if (rows.length > 0) yield block();
  const page = {
    key: `corrections ${print} ${sentAt}`,
    columns: CORRECTION_COLUMNS,
    name: answers,
    formula: FORMULA.source,
    fields: words.fields,
    words: words.script,
  };
  yield `<nav>
<span class="places"><button type="button" id="before">${escaped(words.before)}</button>
<label>${escaped(words.page)} <input id="place" type="number" min="1" max="${blocks}"></label> ${escaped(words.of(blocks))}
<button type="button" id="next">${escaped(words.next)}</button></span>
<span id="state" role="status"></span>
<button type="button" id="save" class="primary">${escaped(words.save)}</button>
</nav>
<noscript><p>${escaped(words.noScript)}</p></noscript>
<script type="application/json" id="page">${data(page)}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}
