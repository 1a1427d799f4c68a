/** Constants of AdamW (Loshchilov and Hutter 2019) and how a step's number corrects its running means. */
export const BETA1 = 0.9;
export const BETA2 = 0.999;
export const EPSILON = 1e-8;

/** 1 / (1 - beta ^ step) of both means; `step` counts from 1. */
export const corrections = (step: number): readonly [first: number, second: number] => [
  1 / (1 - BETA1 ** step),
  1 / (1 - BETA2 ** step),
];
