/** A browser as far as cookies, redirects and Fetch metadata go: what the rules about sessions are about. */
export interface BrowserLike {
  /** by name; those of a narrower path by name and path */
  cookies: Map<string, { name: string; value: string; path: string; attributes: string }>;
  /** a page is opened: by typing the address (`none`), from our own page or from a foreign one; redirects are followed within `hops` */
  open: (address: string, options?: { from?: Site; hops?: number; body?: URLSearchParams; dest?: string }) => Promise<{ status: number; url: string; text: string; seen: string[]; /** where it was told to go and did not */ next: string }>;
  /** a script of our own page asks */
  ask: (path: string, init?: RequestInit) => Promise<Response>;
}

type Site = 'none' | 'same-origin' | 'same-site' | 'cross-site';

export function browserLike(base: string): BrowserLike {
  const cookies: BrowserLike['cookies'] = new Map();
  const cookieHeader = (url: string, crossSite: boolean): Record<string, string> => {
    const { pathname } = new URL(url);
    const sent = [...cookies.values()].filter(({ attributes, path }) => pathname.startsWith(path) && (!crossSite || /samesite=lax/i.test(attributes)));
    return sent.length === 0 ? {} : { Cookie: sent.map(({ name, value }) => `${name}=${value}`).join('; ') };
  };
  const keep = (response: Response): void => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split('; ');
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
      const key = path === '/' ? name : `${name} ${path}`;
      if (/expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(key);
      else cookies.set(key, { name, value, path, attributes: attributes.join('; ') });
    }
  };
  const open: BrowserLike['open'] = async (address, { from = 'none', hops = 10, body, dest = 'document' } = {}) => {
    const seen: string[] = [];
    let url = new URL(address, base).href;
    let send: URLSearchParams | undefined = body;
    for (let hop = 0; ; hop += 1) {
      seen.push(url);
      const response = await fetch(url, {
        redirect: 'manual', headers: { ...cookieHeader(url, from === 'cross-site'), 'Sec-Fetch-Site': from, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': dest },
        ...(send && { method: 'POST', body: send }),
      });
      keep(response);
      const location = response.headers.get('Location');
      if (location === null || hop >= hops) return { status: response.status, url, text: await response.text(), seen, next: location === null ? '' : new URL(location, url).href };
      url = new URL(location, url).href;
      send = undefined;
    }
  };
  return {
    cookies, open,
    ask: async (path, init = {}) => {
      const response = await fetch(`${base}${path}`, {
        ...init, redirect: 'manual', headers: { ...cookieHeader(`${base}${path}`, false), 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty', ...(init.headers as Record<string, string> | undefined) },
      });
      keep(response);
      return response;
    },
  };
}
