import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompletionRequest } from '../../core/ports';
import { optionOdds } from '../option-odds';
import { chatRequest, nextChatToken, nextTextToken, textRequest } from './requests';

const request: CompletionRequest = {
  prompt: 'Task 1:',
  maxTokens: 160,
  temperature: 0.7,
  topP: 0.5,
  frequencyPenalty: 0,
  presencePenalty: 2,
  stop: ['\n\n'],
  seed: 7,
};

describe('a request in web-llm’s words', () => {
  it('continues a text', () =>
    expect(textRequest(request)).toEqual({
      prompt: 'Task 1:',
      max_tokens: 160,
      temperature: 0.7,
      top_p: 0.5,
      frequency_penalty: 0,
      presence_penalty: 2,
      repetition_penalty: 1,
      seed: 7,
      stop: ['\n\n'],
      stream: true,
      stream_options: { include_usage: true },
    }));
  it('names no empty stop string, which would end every answer', () => {
    expect(textRequest({ ...request, stop: ['', '\n'] }).stop).toEqual(['\n']);
    expect(textRequest({ ...request, stop: [''] })).not.toHaveProperty('stop');
  });
  it('answers turns', () => {
    const turns = { system: 'Be short.', user: 'Hi' };
    expect(chatRequest({ ...request, turns }, 'SmolLM2').messages).toEqual([
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Hi' },
    ]);
    expect(chatRequest({ ...request, turns: { system: '', user: 'Hi' } }, 'm').messages).toHaveLength(1);
    expect(chatRequest(request, 'm').messages).toEqual([{ role: 'user', content: 'Task 1:' }]);
  });
  it('tells only the models that think not to, and lets them answer in full', () => {
    expect(chatRequest(request, 'SmolLM2')).not.toHaveProperty('extra_body');
    expect(nextChatToken({ system: '', user: '' }, 'SmolLM2')).not.toHaveProperty('extra_body');
    const qwen = chatRequest(request, 'Qwen3-0.6B-q4f16_1-MLC');
    expect(qwen.extra_body).toEqual({ enable_thinking: false });
    expect(qwen.max_tokens).toBeGreaterThan(160);
  });
  it('stays within what web-llm accepts, for any values', () => {
    const real = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(real, real, real, real, fc.integer(), fc.integer(), (t, p, f, q, m, seed) => {
        const values = {
          temperature: t,
          topP: p,
          frequencyPenalty: f,
          presencePenalty: q,
          maxTokens: m,
          seed,
        };
        const sent = textRequest({ ...request, ...values });
        expect(sent.top_p).toBeGreaterThan(0);
        expect(sent.top_p).toBeLessThanOrEqual(1);
        expect(sent.temperature).toBeGreaterThanOrEqual(0);
        expect(Math.abs(sent.frequency_penalty ?? 9)).toBeLessThanOrEqual(2);
        expect(Math.abs(sent.presence_penalty ?? 9)).toBeLessThanOrEqual(2);
        expect(sent.max_tokens).toBeGreaterThan(0);
        expect(Number.isSafeInteger(sent.seed)).toBe(true);
        expect(sent.seed).toBeGreaterThanOrEqual(0);
      }),
    );
  });
  it('asks for probabilities at temperature 1, because they are told after the temperature', () =>
    expect(nextTextToken('x')).toMatchObject({ temperature: 1, top_p: 1, logprobs: true, top_logprobs: 5 }));
});

describe('the odds of options', () => {
  const log = (token: string, probability: number) => ({ token, logprob: Math.log(probability) });
  it('add up all tokens that begin an option', () => {
    const tokens = [log(' Yes', 0.4), log('yes', 0.1), log(' No', 0.2), log('Y', 0.05), log('\n', 0.2)];
    const [yes, no] = optionOdds(tokens, ['Yes', 'No']);
    expect(yes).toBeCloseTo(0.55);
    expect(no).toBeCloseTo(0.2);
  });
  it('are none where the model would say something else', () =>
    expect(optionOdds([log(' Maybe', 0.9), log(' Yesterday', 0.1), log(' ', 0)], ['Yes', 'No'])).toEqual([
      0, 0,
    ]));
  it('take nothing from what cannot be a probability', () =>
    expect(
      optionOdds(
        [
          { token: 'Yes', logprob: NaN },
          { token: 'No', logprob: 3 },
        ],
        ['Yes', 'No'],
      ),
    ).toEqual([0, 0]));
});
