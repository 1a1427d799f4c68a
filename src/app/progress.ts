/** How far a long step is, for progress with rate and time left. */
export interface Work {
  readonly label: string;
  readonly unit: 'rows' | 'bytes';
  readonly done: number;
  readonly total: number;
  readonly seconds: number;
}

/** Begins a step; call the result with what is done. A total that was guessed too low grows. */
export function teller(
  label: string,
  unit: Work['unit'],
  total: number,
  show: (work: Work) => void,
): (done: number) => void {
  const began = performance.now();
  const tell = (done: number): void =>
    show({ label, unit, done, total: Math.max(total, done), seconds: (performance.now() - began) / 1000 });
  tell(0);
  return tell;
}
