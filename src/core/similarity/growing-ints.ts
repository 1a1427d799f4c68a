/** A list of 32-bit integers that doubles its memory as it grows; `values` is valid up to `length`. */
export class GrowingInts {
  values = new Int32Array(4);
  length = 0;

  /** Returns the new length. */
  push(value: number): number {
    if (this.length === this.values.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
    return this.length;
  }
}
