/** `npm start`: installs and builds what is missing, serves the app and prints its address. */
import { networkInterfaces } from 'node:os';
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
console.log(`\n  Self-Instruct is ready: ${url}`);
// Over plain http from another computer some things are missing; the page names them.
if (values.host === '0.0.0.0') {
  for (const { address, family, internal } of Object.values(networkInterfaces()).flat()) {
    if (family === 'IPv4' && !internal)
      console.log(`  For others on this network: http://${address}:${new URL(url).port}/`);
  }
}
console.log('  Stop it with Ctrl+C.\n');
