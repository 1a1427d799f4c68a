/** Headers of every response: isolation (threads in WebAssembly need it) and the Content-Security-Policy. */

const POLICY = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  // wllama starts its worker from a blob.
  'worker-src': "'self' blob:",
  // Models are downloaded from, and servers asked at, addresses that a person chooses; by itself the page asks nobody.
  'connect-src': "'self' blob: https: http:",
  'img-src': "'self' data: blob:",
  'style-src': "'self'",
  'font-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
};
const write = (policy) =>
  Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');

/**
 * For a <meta> element on static hosts, where no header can be set; it may not name frame-ancestors. It alone asks for
 * trusted types: text becomes code or markup only through Svelte's own templates and src/browser/trusted-types.ts.
 * Workers have no document; llama.cpp starts workers of its own there, whose code we do not write.
 */
export const META_POLICY = write({
  ...POLICY,
  'require-trusted-types-for': "'script'",
  'trusted-types': 'default svelte-trusted-html',
});

/** For responses: of the own server, and of the service worker, by which workers have it on hosts without headers. */
export const POLICY_HEADER = write({ ...POLICY, 'frame-ancestors': "'none'" });

export const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export const HEADERS = {
  ...ISOLATION_HEADERS,
  'Content-Security-Policy': POLICY_HEADER,
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};
