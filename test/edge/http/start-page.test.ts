import { spawnSync } from 'node:child_process';
import express from 'express';
import helmet from 'helmet';
import request from 'supertest';

import { startPage } from '../../../src/edge/http/start-page.ts';
import { startBox } from '../../../src/edge/start-box.ts';
import { tokenCommandFor, tour } from '../../../src/edge/start-info.ts';
import type { StartInfo } from '../../../src/edge/start-info.ts';

const demo: StartInfo = {
  baseUrl: 'http://127.0.0.1:8080', dataDir: '/srv/data', defaults: { baseUrl: 'http://127.0.0.1:8080', dataDir: '/srv/data' },
  database: 'embedded', externalIssuer: null, feeds: ['uhb-adt', 'bcc-cld'],
  personas: [
    { id: 'ward-doctor', description: 'Doctor on a ward', organisationName: 'University Hospitals' },
    { id: 'community-nurse', description: 'Nurse & <team>', organisationName: 'Community "Trust"' },
  ],
};
const production: StartInfo = { ...demo, database: 'postgresql', externalIssuer: 'https://issuer.example', personas: [] };
const page = (info: StartInfo) => request(express().use(helmet()).use(startPage(info)));

describe('the start page', () => {
  it('says that it is for synthetic people, and has a door for each sort of person the demo knows', async () => {
    const { status, text, headers } = await page(demo).get('/');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('Evaluation only');
    expect([...text.matchAll(/href="(\/session[^"]*)">([^<]*)</g)].map(([, href, name]) => [href, name])).toEqual([
      ['/session/sign-in?as=ward-doctor&amp;return=/app/find', 'I am a ward doctor'],
      ['/session/sign-in?as=community-nurse&amp;return=/app/find', 'I am a community nurse'],
      ['/session/sign-in?return=/app/', 'Come in as somebody else'],
    ]);
    expect(text).toContain('href="/integrate"');
  });

  it('of a gateway with an issuer of its own has one door, and makes no excuses', async () => {
    const { text } = await page(production).get('/');
    expect([...text.matchAll(/href="(\/session[^"]*)"/g)].map(([, href]) => href)).toEqual(['/session/sign-in?return=/app/']);
    expect(text).not.toMatch(/Evaluation only|onestory -- token/);
  });
});

describe('the page for those who connect systems', () => {
  it('says where everything is and how to get a token', async () => {
    const { status, text } = await page(demo).get('/integrate');
    expect(status).toBe(200);
    for (const part of ['Evaluation only', 'npm run -s onestory -- token ward-doctor', 'http://127.0.0.1:8080/fhir', 'uhb-adt, bcc-cld']) expect(text).toContain(part);
  });

  it('shows text as text', async () => {
    const { text } = await page(demo).get('/integrate');
    expect(text).toContain('Nurse &#38; &#60;team&#62;');
    expect(text).not.toContain('<team>');
  });

  it('of a gateway with an issuer of its own names that and offers no personas', async () => {
    const { text } = await page(production).get('/integrate');
    expect(text).toContain('https://issuer.example');
    expect(text).not.toMatch(/Evaluation only|onestory -- token/);
  });
});

describe.each(['/', '/integrate'])('the page %s', (path) => {
  it('asks nothing of anybody else, and runs nothing', async () => {
    const [{ text, headers }, style] = await Promise.all([page(demo).get(path), page(demo).get('/start.css')]);
    const loaded = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]);
    expect(loaded.filter((address) => !/^(\/|#|data:,$)/.test(address ?? ''))).toEqual([]);
    expect(text).not.toMatch(/<script|<style|style=|\son\w+=/i);
    expect(style.text).not.toMatch(/url\(|@import/);
    expect(headers['content-security-policy']).toContain("default-src 'self'");
  });

  it('can be read without seeing it: language, title, one main heading and the others in order', async () => {
    const { text } = await page(demo).get(path);
    expect(text).toMatch(/<html lang="en-GB">/);
    expect(text).toMatch(/<title>[^<]+<\/title>/);
    expect(text).toMatch(/<main id="main">/);
    expect([...text.matchAll(/<h(\d)/g)].map((match) => match[1]).join('')).toMatch(/^12+$/);
  });
});

describe('the box a start ends with', () => {
  it('is short, fits a terminal and names everything', () => {
    const lines = startBox(demo).split('\n');
    expect(lines.length).toBeLessThan(30);
    expect(lines.filter((line) => !line.startsWith('TOKEN=') && !line.startsWith('curl')).every((line) => line.length <= 100)).toBe(true);
    for (const part of ['Evaluation only', 'http://127.0.0.1:8080/', 'ward-doctor', 'community-nurse', '2 feeds: docs/feeds.md', 'Ctrl-C']) expect(lines.join('\n')).toContain(part);
  });

  it('of a gateway with an issuer of its own offers no personas', () => {
    expect(startBox(production)).not.toMatch(/Evaluation|token/);
  });
});

describe('the commands it offers', () => {
  it('work beside this gateway: another folder and another port are named', () => {
    expect(tokenCommandFor(demo, 'ward-doctor')).toBe('npm run -s onestory -- token ward-doctor');
    expect(tokenCommandFor({ ...demo, baseUrl: 'http://127.0.0.1:9', dataDir: '/tmp/it\'s here' }, 'ward-doctor'))
      .toBe('DATA_DIR=\'/tmp/it\'\\\'\'s here\' npm run -s onestory -- token ward-doctor --base http://127.0.0.1:9');
  });

  it('never put an NHS number into an address', () => {
    const addresses = tour(demo).flatMap(({ command }) => command.match(/https?:\/\/127[^\s|'"]*/g) ?? []);
    expect(addresses.length).toBeGreaterThanOrEqual(4);
    expect(addresses.filter((address) => /\d{10}/.test(address))).toEqual([]);
  });

  it('are commands a shell understands', () => {
    for (const { command } of tour({ ...demo, dataDir: '/tmp/it\'s here' })) expect(spawnSync('bash', ['-n', '-c', command]).stderr.toString()).toBe('');
  });
});
