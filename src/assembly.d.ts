/** What scripts/lib/assembly.mjs makes of an AssemblyScript entry: its WebAssembly as base64. */
declare module '*?assembly' {
  const base64: string;
  export default base64;
}
/** The same with a memory from outside, that threads may share. */
declare module '*?assembly&shared' {
  const base64: string;
  export default base64;
}
/** The same with products and sums in one rounding. */
declare module '*?assembly&shared&fused' {
  const base64: string;
  export default base64;
}
