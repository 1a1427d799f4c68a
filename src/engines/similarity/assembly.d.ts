/** What scripts/lib/assembly.mjs makes of an AssemblyScript entry: its WebAssembly as base64. */
declare module '*?assembly' {
  const base64: string;
  export default base64;
}
