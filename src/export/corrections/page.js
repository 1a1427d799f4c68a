// @ts-check
/**
 * The script of a page of tasks for an expert, which stands in the file itself: no bundler, no import, no network. Texts are
 * only ever values and text nodes. What was changed is kept in the browser, and saved as rows that the app reads.
 */
/** @type {{ key: string, columns: string[], name: string, formula: string, fields: Record<string, string>, words: { task: string, changed: string, saved: string } }} */
const page = JSON.parse(document.getElementById('page')?.textContent ?? '');
const { words } = page;
const blocks = [...document.querySelectorAll('script.rows')];
const list = /** @type {HTMLElement} */ (document.getElementById('tasks'));
const state = /** @type {HTMLElement} */ (document.getElementById('state'));
const place = /** @type {HTMLInputElement} */ (document.getElementById('place'));
/** Rows that were changed, by id and instance. @type {Map<string, string[]>} */
let changed = new Map();
let unsaved = false;
let at = 0;

try {
  changed = new Map(JSON.parse(localStorage.getItem(page.key) ?? '[]'));
} catch {
  // The browser keeps nothing for files: then only saving does.
}
function keep() {
  try {
    localStorage.setItem(page.key, JSON.stringify([...changed]));
  } catch {
    // As above, or it is full.
  }
}
/** @param {string} text @param {...string} values */
const filled = (text, ...values) => text.replace(/\{(\d)\}/gu, (_, i) => values[Number(i)] ?? '');

/** @param {string} name @param {string} text @param {string} [kind] */
function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}
function tell() {
  state.textContent = filled(words.changed, String(changed.size));
  /** @type {HTMLButtonElement} */ (document.getElementById('save')).disabled = changed.size === 0;
}

/** @param {string[]} row @param {number} column */
function field(row, column) {
  const key = `${row[0]}/${row[1]}`;
  const sent = row[column] ?? '';
  const label = element('label', '');
  label.append(element('span', page.fields[page.columns[column] ?? ''] ?? ''));
  const box = document.createElement('textarea');
  box.dir = 'auto';
  box.value = changed.get(key)?.[column] ?? sent;
  const grow = () =>
    (box.rows = Math.min(24, Math.max(1, box.value.split('\n').length, Math.ceil(box.value.length / 60))));
  const mark = () => label.classList.toggle('changed', box.value !== sent);
  box.addEventListener('input', () => {
    const now = [...(changed.get(key) ?? row)];
    now[column] = box.value;
    if (now.every((text, i) => text === row[i])) changed.delete(key);
    else changed.set(key, now);
    unsaved = true;
    grow();
    mark();
    keep();
    tell();
  });
  grow();
  mark();
  label.append(box);
  return label;
}

/** @param {number} number @param {boolean} [focus] */
function show(number, focus) {
  at = Math.max(0, Math.min(blocks.length - 1, number));
  /** @type {string[][]} */
  const rows = JSON.parse(blocks[at]?.textContent ?? '[]');
  list.replaceChildren(
    ...rows.map((row) => {
      const article = document.createElement('article');
      article.append(
        element('h2', filled(words.task, row[0] ?? '', row[1] ?? '')),
        field(row, 2),
        field(row, 3),
        field(row, 4),
      );
      return article;
    }),
  );
  place.value = String(at + 1);
  /** @type {HTMLButtonElement} */ (document.getElementById('before')).disabled = at === 0;
  /** @type {HTMLButtonElement} */ (document.getElementById('next')).disabled = at === blocks.length - 1;
  if (!focus) return;
  list.focus();
  scrollTo(0, 0);
}

/** A cell that a spreadsheet cannot run as a formula. @param {string} text */
const cell = (text) =>
  `"${(new RegExp(page.formula, 'u').test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
function save() {
  const rows = [page.columns, ...changed.values()].map((row) => `${row.map(cell).join(',')}\r\n`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(rows, { type: 'text/csv' }));
  link.download = page.name;
  link.click();
  unsaved = false;
  state.textContent = filled(words.saved, String(changed.size), page.name);
}

document.getElementById('save')?.addEventListener('click', save);
document.getElementById('before')?.addEventListener('click', () => show(at - 1, true));
document.getElementById('next')?.addEventListener('click', () => show(at + 1, true));
place.addEventListener('change', () => show(Number(place.value) - 1, true));
addEventListener('beforeunload', (event) => {
  if (unsaved) event.preventDefault();
});
show(0);
tell();
