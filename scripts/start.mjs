/** `npm start`: installs and builds what is missing, serves the app and prints its address. */
import { parseArgs } from 'node:util';
import { checkNode, DIST, ensureBuild, ensureDependencies } from './lib/project.mjs';
import { serve } from './lib/server.mjs';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '4173' }, host: { type: 'string', default: 'localhost' } },
});
checkNode();
ensureDependencies();
ensureBuild();
const { url } = await serve(DIST, { port: Number(values.port), host: values.host });
console.log(`\n  Self-Instruct is ready: ${url}\n  Stop it with Ctrl+C.\n`);
