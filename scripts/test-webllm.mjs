/**
 * `npm run test:webllm -- --model SmolLM2-360M-Instruct-q4f16_1-MLC` or `-- --folder DIR`: a whole run of the built app on
 * a real model through web-llm, in headless Chromium. It needs a GPU, and for `--model` the network; where
 * one is missing it says so and fails. The last line of the output is one JSON object with the run's figures.
 */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readOptions } from './lib/options.mjs';
import { checkNode, ensureDependencies, fail } from './lib/project.mjs';

const { values, number, oneOf } = readOptions({
  model: { type: 'string' },
  folder: { type: 'string' },
  target: { type: 'string', default: '10' },
  seed: { type: 'string', default: '1' },
  seeds: { type: 'string', default: 'paper' },
  /** How the type of a task is decided. */
  type: { type: 'string', default: 'text' },
  /** A folder that holds the built app; without it, it is built when it is old. */
  built: { type: 'string' },
});
if ((values.model === undefined) === (values.folder === undefined)) {
  fail('Name a model of web-llm’s list with --model, or a folder of MLC files with --folder.');
}
if (values.folder !== undefined && !(existsSync(values.folder) && statSync(values.folder).isDirectory())) {
  fail(`${values.folder} is not a folder.`);
}
const options = {
  target: number('target', 1),
  seed: number('seed', 0),
  seeds: oneOf('seeds', ['simple', 'paper']),
  values: { classificationBy: oneOf('type', ['text', 'probability']) },
};
/** Linux needs to be told which way leads to the GPU. */
const GPU_FLAGS = [
  '--enable-unsafe-webgpu',
  '--ignore-gpu-blocklist',
  ...(process.platform === 'linux'
    ? ['--enable-features=Vulkan,VulkanFromANGLE,DefaultANGLEVulkan', '--use-angle=vulkan']
    : []),
];

checkNode();
ensureDependencies();
// Needs the dependencies, so it is loaded only now.
const { HeadlessApp, runFigures, waitUntil, workAndExit } = await import('./lib/headless-app.mjs');
const app = await HeadlessApp.serve(values.built, GPU_FLAGS);

/** What Chromium gives to pages; null when it is nothing. */
const graphics = (page) =>
  page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) return null;
    const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
    const name = description || [vendor, architecture].filter(Boolean).join(' ');
    const software =
      isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe/iu.test(`${architecture} ${name}`);
    return { name, software, f16: adapter.features.has('shader-f16') };
  });

/** Puts the model on the device; its id there. */
async function install(page) {
  const told = setInterval(() => {
    page
      .evaluate(() => window.selfInstruct.progress())
      .then(({ done, total }) => total > 0 && console.error(`Storing the model: ${done} of ${total}`))
      .catch(() => undefined);
  }, 5_000);
  // A failure is data in the page: of an error only the kind would come through.
  try {
    if (values.folder === undefined) {
      return await page.evaluate(
        (name) =>
          window.selfInstruct.fetchModel(name).then(
            (id) => ({ id }),
            (error) => ({ failure: error.failure ?? String(error) }),
          ),
        values.model,
      );
    }
    const input = await page.evaluateHandle(() => {
      const element = document.createElement('input');
      element.type = 'file';
      element.webkitdirectory = true;
      return document.body.appendChild(element);
    });
    await input.setInputFiles(resolve(values.folder));
    return await input.evaluate((element) =>
      window.selfInstruct.takeModel([...element.files]).then(
        (id) => ({ id }),
        (error) => ({ failure: error.failure ?? String(error) }),
      ),
    );
  } finally {
    clearInterval(told);
  }
}

await workAndExit(app, async () => {
  const page = await app.openPage();
  const gpu = await graphics(page);
  if (!gpu) throw new Error('Chromium gives pages no GPU (WebGPU) here, so nothing was tested.');
  if (gpu.software) {
    throw new Error(
      `There is only a GPU in software here (${gpu.name}): one word of a real model takes it a minute, so nothing was tested.`,
    );
  }
  console.error(`GPU: ${gpu.name}${gpu.f16 ? '' : ', without 16-bit numbers'}`);
  const { id, failure } = await install(page);
  if (failure)
    throw new Error(`The model could not be stored, so nothing was tested: ${JSON.stringify(failure)}`);
  await page.evaluate((given) => void window.selfInstruct.start(given), { ...options, model: id });
  let lastLine = 0;
  const state = await waitUntil(
    page,
    ({ status, progress }) => {
      if (Date.now() - lastLine < 10_000) return;
      lastLine = Date.now();
      console.error(`${status}: ${progress?.kept ?? 0} of ${options.target} kept`);
    },
    Infinity,
  );
  const figures = runFigures(state);
  const evaluatedTokens = figures.promptTokens - figures.cachedTokens;
  console.log(
    JSON.stringify({
      model: id,
      graphics: gpu,
      notes: state.notes,
      ...figures,
      evaluatedTokensPerAccepted: Math.round(evaluatedTokens / figures.accepted),
      completionTokensPerSecond: Number((figures.completionTokens / figures.modelSeconds).toFixed(1)),
    }),
  );
});
