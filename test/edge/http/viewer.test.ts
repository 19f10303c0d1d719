import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import request from 'supertest';
import { viewer } from '../../../src/edge/http/viewer.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'dist', 'viewer');
const app = express().use('/app', viewer(folder, false));
const page = readFileSync(join(folder, 'index.html'), 'utf8');
const parts = [...page.matchAll(/(?:src|href)="(\/app\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
/** bytes over the wire for one part, unpacked by nobody */
const wire = async (path: string, encoding: string): Promise<{ bytes: number; encoding: string | undefined; caching: string | undefined }> => {
  const response = await request(app).get(path).set('Accept-Encoding', encoding).buffer(true).parse((answer, done) => {
    let bytes = 0;
    answer.on('data', (chunk: Buffer) => { bytes += chunk.length; });
    answer.on('end', () => done(null, bytes));
  });
  const { headers } = response as unknown as { headers: Record<string, string | undefined> };
  return { bytes: Number(headers['content-length']), encoding: headers['content-encoding'], caching: headers['cache-control'] };
};

it('the page names its parts by their content, and nothing else', () => {
  expect(parts.length).toBeGreaterThanOrEqual(2);
  for (const part of parts) expect(part).toMatch(/^\/app\/assets\/[\w-]+-[\w-]{8,}\.(js|css)$/);
  expect(page).not.toMatch(/<script>|<style|style=|https?:/);
});

it('its parts are kept for a year, and the page itself is asked for anew', async () => {
  for (const part of parts) expect((await wire(part, 'br')).caching).toBe('public, max-age=31536000, immutable');
  expect((await wire('/app/', 'br')).caching).toBe('no-cache');
});

it.each([['br'], ['gzip']])('all that a first look needs is at most 300 KB with %s', async (encoding) => {
  const sizes = await Promise.all(['/app/', ...parts].map((path) => wire(path, encoding)));
  expect(sizes.map((size) => size.encoding)).toEqual(sizes.map(() => encoding));
  expect(sizes.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(300 * 1024);
});

it('it may run its own scripts, ask its own origin and be framed by nobody', async () => {
  const policy = (await request(app).get('/app/')).headers['content-security-policy'] ?? '';
  const directives = Object.fromEntries(policy.split(';').map((directive) => {
    const [name = '', ...values] = directive.trim().split(' ');
    return [name, values.join(' ')];
  }));
  expect(directives).toEqual({
    'default-src': "'none'", 'script-src': "'self'", 'style-src': "'self'", 'img-src': "'self' data:", 'connect-src': "'self'", 'base-uri': "'none'", 'form-action': "'self'",
    'frame-ancestors': "'none'", 'require-trusted-types-for': "'script'", 'trusted-types': "'none'",
  });
});

it('every place inside the viewer is the page, and a part that is not there is not', async () => {
  for (const path of ['/app', '/app/find', '/app/person/0/CarePlan/1']) expect((await request(app).get(path)).text).toContain('<div id="viewer">');
  expect((await request(app).get('/app/assets/gone-12345678.js')).status).toBe(404);
  for (const path of ['/app/.built-from', '/app/../package.json', '/app/%2e%2e/package.json']) expect((await request(app).get(path)).text).not.toMatch(/^[0-9a-f]{64}$|"dependencies"/);
});

it('the style asks for nothing from elsewhere', () => {
  for (const part of parts.filter((path) => path.endsWith('.css'))) {
    const style = readFileSync(join(folder, part.slice('/app/'.length)), 'utf8');
    expect([...style.matchAll(/url\(([^)]*)\)/g)].map(([, address]) => address).filter((address) => !/^"?(data:|\/app\/assets\/)/.test(address ?? ''))).toEqual([]);
    expect(style).toMatch(/html[^}]*font-family:arial/i);
  }
});

it('a gateway without a build says how to make one', () => {
  expect(() => viewer(join(folder, 'nowhere'), false)).toThrow('viewer-not-built');
});
