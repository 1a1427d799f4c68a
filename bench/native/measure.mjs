/** Native llama.cpp in a process of its own: `node measure.mjs FILE REQUESTS`, REQUESTS as JSON; prints figures as JSON. */
import { getLlama } from 'node-llama-cpp';

const [file, requests] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, logLevel: 'error' });
const model = await llama.loadModel({ modelPath: file });
const context = await model.createContext({ contextSize: 2048, batchSize: 512, threads: 1 });
const sequence = context.getSequence();
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const figures = [];
for (const { prompt, maxTokens } of JSON.parse(requests)) {
  await sequence.clearHistory();
  const tokens = model.tokenize(prompt);
  const begun = cpuSeconds();
  const [first] = tokens.splice(-1);
  await sequence.evaluateWithoutGeneratingNewTokens(tokens);
  const read = cpuSeconds();
  let written = 0;
  for await (const token of sequence.evaluate([first], { temperature: 0, yieldEogToken: true })) {
    void token;
    if (++written === maxTokens) break;
  }
  figures.push({
    promptTokens: tokens.length,
    promptSeconds: read - begun,
    answerTokens: written,
    answerSeconds: cpuSeconds() - read,
  });
}
console.log(JSON.stringify(figures));
process.exit(0);
