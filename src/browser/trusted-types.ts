/**
 * The one policy by which text may become code on this page: addresses of scripts, for workers and the service worker, and
 * only of this origin. Browsers without trusted types lack this lock and need no key.
 */

interface TrustedTypes {
  readonly defaultPolicy: unknown;
  createPolicy(name: string, rules: { readonly createScriptURL: (url: string) => string }): unknown;
}

/** To be called before the first worker is started. */
export function allowOwnScripts(): void {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  if (!trustedTypes || trustedTypes.defaultPolicy) return;
  trustedTypes.createPolicy('default', { createScriptURL: ownScript });
}

/** @throws TypeError for an address of another origin, or one that holds its code in itself */
export function ownScript(url: string): string {
  const { protocol, origin } = new URL(url, location.href);
  if (protocol === location.protocol && origin === location.origin) return url;
  throw new TypeError(`Code from ${protocol} addresses or from ${origin} is not run here.`);
}
