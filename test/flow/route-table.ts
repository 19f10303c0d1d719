import type { Express } from 'express';

interface Layer {
  rawPath: string | string[];
  route?: { path: string | string[]; stack: { method?: string }[]; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

/** Every `METHOD /address` the app has a handler for, read out of its routers; what is mounted whole is `USE /address`. */
export function routeTable(app: Express): string[] {
  const { stack } = (app as unknown as { router: { stack: Layer[] } }).router;
  return [...new Set(stack.flatMap((layer) => routesOf(layer, '')))].sort();
}

function routesOf(layer: Layer, at: string): string[] {
  if (layer.route) {
    const methods = layer.route.stack.some(({ method }) => method === undefined) || layer.route.methods['_all'] ? ['ALL'] : Object.keys(layer.route.methods).map((method) => method.toUpperCase());
    return addresses(layer.route.path).flatMap((path) => methods.map((method) => `${method} ${join(at, path)}`));
  }
  return addresses(layer.rawPath).flatMap((path) => {
    const mounted = join(at, path);
    return layer.handle.stack ? layer.handle.stack.flatMap((inner) => routesOf(inner, mounted)) : [`USE ${mounted}`];
  });
}

function addresses(path: string | string[]): string[] {
  return Array.isArray(path) ? path : [path];
}

function join(at: string, path: string): string {
  return `${at === '/' ? '' : at}${path === '/' && at !== '' && at !== '/' ? '' : path}`.replaceAll('\\', '') || '/';
}
