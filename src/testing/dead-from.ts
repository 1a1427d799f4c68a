/** A service of which one method stops answering: what a hung worker, GPU or database looks like from the page. */

/** @param calls of the method that are still answered */
export function deadFrom<T extends object>(service: T, method: keyof T & string, calls = 0): T {
  let left = calls;
  return new Proxy(service, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (name === method && left-- <= 0) return new Promise(() => undefined);
        return Reflect.apply(member, target, args);
      };
    },
  });
}
