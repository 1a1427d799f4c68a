/** Text as it stands in XML and HTML: never markup, whatever it is made of. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** For content and for values in double quotes. Control characters and halves of pairs, which XML cannot hold, become �. */
export const escapedMarkup = (text: string): string =>
  text
    .toWellFormed()
    // eslint-disable-next-line no-control-regex -- exactly those are meant
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/gu, '\uFFFD')
    .replace(/[&<>"]/gu, (mark) => ENTITIES[mark] ?? mark);
