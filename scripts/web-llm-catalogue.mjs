/** Writes src/models/web-llm-catalogue.json after another version of @mlc-ai/web-llm was pinned. */
import { writeFile } from 'node:fs/promises';
import { readCatalogue } from './lib/web-llm-catalogue.mjs';

const target = new URL('../src/models/web-llm-catalogue.json', import.meta.url);
await writeFile(target, `${JSON.stringify(await readCatalogue(), null, 1)}\n`);
