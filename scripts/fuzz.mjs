/**
 * `npm run fuzz -- --seed N --files N [--from N]`: damages files of every format that the app reads and reads them as the app
 * does, in a process with limits of 5 seconds and 700 MB for each. Whatever is not told as a bad file is a finding: it is
 * printed with its number and saved in fuzz-findings. `--from N --files 1` reads one of them again.
 */
import { fork } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readOptions } from './lib/options.mjs';
import { checkNode, ensureDependencies, ROOT } from './lib/project.mjs';

const MIB = 1024 * 1024;
/** Of one processor. */
const MAX_MS = 5_000;
/** What does not end at all; on a busy machine five seconds of a processor may take so long. */
const ENDLESS_MS = 60_000;
const MAX_BYTES = 700 * MIB;
/** A process with its modules has about 250 MB; garbage of many files comes on top, so it does not read too many. */
const BATCH = 2_000;
/** Starting a process on a busy machine. */
const START_MS = 120_000;

/** The project's sources as one file, made once for each campaign; it lies where its packages are found. */
const BUNDLE = process.send ? process.argv[2] : join(ROOT, 'node_modules', `.fuzz-${process.pid}`);
async function bundle() {
  const { build } = await import('vite');
  const { assembly } = await import('./lib/assembly.mjs');
  await build({
    root: ROOT,
    configFile: false,
    plugins: [assembly()],
    logLevel: 'error',
    publicDir: false,
    build: { ssr: 'fuzz/worker.ts', outDir: BUNDLE, emptyOutDir: true, target: 'node20' },
  });
}
const load = () => import(pathToFileURL(join(BUNDLE, 'worker.js')).href);

if (process.send) {
  const { runCases } = await load();
  process.once('message', async (order) => {
    await runCases(order, (report) => process.send(report));
    process.disconnect();
  });
  process.send({ kind: 'loaded' });
} else {
  checkNode();
  ensureDependencies();
  const { values, number } = readOptions({
    seed: { type: 'string', default: '1' },
    files: { type: 'string', default: '10000' },
    from: { type: 'string', default: '0' },
    out: { type: 'string', default: 'fuzz-findings' },
    json: { type: 'string', default: '' },
  });
  try {
    await bundle();
    process.exitCode = await campaign(number('seed', 0), number('from', 0), number('files', 1), values);
  } finally {
    rmSync(BUNDLE, { recursive: true, force: true });
  }
}

/** Reads files `from` to `to` in one process until the end or the first that is too much; tells where it stopped. */
function batch(seed, from, to, found, peaks) {
  return new Promise((resolve) => {
    const child = fork(process.argv[1], [BUNDLE], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let running = from;
    let timer = setTimeout(() => stop('does not start'), START_MS);
    let done = false;
    let names = [];
    const note = (kind, detail) =>
      found.push({ index: running, format: names[running % names.length], kind, detail });
    const stop = (kind) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      note(kind, '');
      child.kill('SIGKILL');
      resolve(running + 1);
    };
    child.on('message', (report) => {
      if (done) return;
      if (report.kind === 'loaded') child.send({ seed, from, to });
      if (report.kind === 'ready') names = report.names;
      if (report.kind === 'begin') {
        running = report.index;
        clearTimeout(timer);
        timer = setTimeout(() => stop('hang'), ENDLESS_MS);
      }
      if (report.kind !== 'end') return;
      clearTimeout(timer);
      peaks.files++;
      peaks.bytes = Math.max(peaks.bytes, report.peak);
      if (report.finding !== null) note('exception', report.finding);
      if (report.peak > MAX_BYTES) stop('memory');
      if (report.busy > MAX_MS) stop('hang');
    });
    child.on('exit', (code, signal) => {
      if (!done && running < to - 1) stop(`ended (${signal ?? code})`);
      else if (!done) {
        done = true;
        clearTimeout(timer);
        resolve(to);
      }
    });
  });
}

async function campaign(seed, from, files, { out, json }) {
  const begun = Date.now();
  const found = [];
  const peaks = { files: 0, bytes: 0 };
  for (let at = from; at < from + files;) {
    const to = Math.min(at + BATCH, from + files);
    const suspects = [];
    at = await batch(seed, at, to, suspects, peaks);
    for (const suspect of suspects) {
      const finding = await confirmed(seed, suspect);
      if (finding)
        console.error(`${finding.kind}, file ${finding.index}, ${finding.format}\n${finding.detail}`);
      found.push(finding);
    }
    const seconds = Math.round((Date.now() - begun) / 1000);
    console.error(`${at - from} of ${files} files, ${seconds} s, ${found.filter(Boolean).length} findings`);
  }
  const findings = found.filter(Boolean);
  if (findings.length > 0) await save(seed, findings, join(ROOT, out));
  const count = (kind) => findings.filter((one) => one.kind === kind).length;
  const figures = {
    seed,
    files,
    exceptions: count('exception'),
    hangs: count('hang'),
    memory: count('memory'),
    others: findings.length - count('exception') - count('hang') - count('memory'),
    peakMB: Math.round(peaks.bytes / MIB),
    seconds: Math.round((Date.now() - begun) / 1000),
  };
  if (json) writeFileSync(json, JSON.stringify(figures));
  console.log(JSON.stringify(figures));
  return findings.length > 0 ? 1 : 0;
}

/** The garbage of earlier files is no finding: what took too much is read again alone. */
async function confirmed(seed, suspect) {
  if (suspect.kind === 'exception') return suspect;
  const again = [];
  await batch(seed, suspect.index, suspect.index + 1, again, { files: 0, bytes: 0 });
  return again[0];
}

async function save(seed, findings, folder) {
  const { fileOf } = await load();
  mkdirSync(folder, { recursive: true });
  for (const { index, format, kind, detail } of findings.slice(0, 100)) {
    const { bytes } = await fileOf(seed, index);
    const file = join(folder, `${seed}-${index}.bin`);
    writeFileSync(file, bytes);
    console.error(
      `\n${kind}, ${format}: ${file}\n  again: npm run fuzz -- --seed ${seed} --from ${index} --files 1\n${detail}`,
    );
  }
}
