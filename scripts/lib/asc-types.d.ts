/** The part of the AssemblyScript compiler that we call. Its own types would replace the global Array for everyone. */
export interface Compiler {
  main(
    args: readonly string[],
    files: {
      readFile(name: string): string | null;
      writeFile(name: string, contents: Uint8Array): void;
      listFiles(): readonly string[];
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}
declare const compiler: Compiler;
export default compiler;
