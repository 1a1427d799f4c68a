import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HtmlReport, htmlReport } from './html-report';

const HOSTILE = [
  '<script>window.hit = 1</script>',
  '</p></div></body><img src=x onerror="window.hit = 1">',
  '"><svg onload=alert(1)>',
  '&lt;b&gt; and &amp; stay as they are',
  '<!-- a comment --><style>* { display: none }</style>',
  '\u202Eright to left\u0000 and \uD800 half',
];
const report = (text: string): HtmlReport => ({
  title: text,
  lead: text,
  foot: text,
  sections: [
    {
      title: text,
      parts: [
        { kind: 'facts', rows: [[text, text]] },
        { kind: 'table', columns: [text, text], rows: [[text, text]] },
        { kind: 'answers', instruction: text, input: text, answers: [{ name: text, note: text, text }] },
        { kind: 'text', text },
      ],
    },
  ],
});
/** Places in it where a text stands. */
const TEXTS = 17;
/** What HTML cannot hold is replaced, and a line end is one character. */
const shown = (text: string): string =>
  text
    .toWellFormed()
    // eslint-disable-next-line no-control-regex -- exactly those are meant
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/gu, '\uFFFD')
    .replace(/\r\n?/gu, '\n');

const parsed = (text: string): Document =>
  new DOMParser().parseFromString(htmlReport(report(text)), 'text/html');
const plain = parsed('a');
const namesOf = (page: Document): string[] =>
  [...page.querySelectorAll('*')].map(({ localName }) => localName);

describe('a report as HTML', () => {
  it.each(HOSTILE)('shows %j as text', (text) => {
    const page = parsed(text);
    // The same elements as around a plain word: none was made by the text.
    expect(namesOf(page)).toEqual(namesOf(plain));
    const found = [...page.querySelectorAll('*')].filter(
      ({ childElementCount, textContent }) => childElementCount === 0 && textContent === shown(text),
    );
    expect(found).toHaveLength(TEXTS);
  });

  it('does so with any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const page = parsed(text);
        expect(namesOf(page)).toEqual(namesOf(parsed(text === '' ? '' : 'a')));
        expect(page.querySelector('.answer p')?.textContent).toBe(shown(text));
      }),
      { numRuns: 200 },
    );
  });

  it('needs nothing else and forbids whatever would load', () => {
    expect(plain.querySelectorAll('script, link, img, iframe, a')).toHaveLength(0);
    const policy = plain.querySelector('meta[http-equiv="Content-Security-Policy"]');
    expect(policy?.getAttribute('content')).toContain("default-src 'none'");
  });
});
