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

/** For a <meta> element on static hosts, where no header can be set; it may not name frame-ancestors. */
export const META_POLICY = write(POLICY);

export const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export const HEADERS = {
  ...ISOLATION_HEADERS,
  'Content-Security-Policy': write({ ...POLICY, 'frame-ancestors': "'none'" }),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};
